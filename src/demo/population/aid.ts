// What an office pays a made-up pupil in a term: every policy of the catalogue, by the pupil's stage and family.
import type { YuanText } from '../../core/money.js';
import { ordinal, seasonOf, type Term } from '../../core/term.js';
import type { Method, Stage } from '../../core/vocabulary.js';
import { isPoor, type PlannedPupil } from './pupils.js';

export interface Aid {
  policyId: string;
  amount?: YuanText;
  days?: number;
  method: Method;
}

/** A policy in the order in which an office goes through them, and what it gives a pupil; nothing where it does not apply. */
interface Round {
  policyId: string;
  stages: readonly Stage[];
  give: (pupil: PlannedPupil, term: Term) => Omit<Aid, 'policyId'> | undefined;
}

const COMPULSORY: readonly Stage[] = ['primary', 'junior-secondary'];
const SENIOR: readonly Stage[] = ['senior-secondary'];
const FIRST_TERM: Term = '2023-autumn';
const RAISED_FROM: Term = '2024-spring';

const isRural = ({ place }: PlannedPupil): boolean => place.school.setting === 'rural';
const byStage = ({ place }: PlannedPupil, primary: YuanText, junior: YuanText): YuanText =>
  place.stage === 'primary' ? primary : junior;
const waived = (amount: YuanText) => ({ amount, method: 'waived' as const });
const paid = (amount: YuanText) => ({ amount, method: 'card' as const });
const toThePoor = (amount: YuanText) => (pupil: PlannedPupil) => (isPoor(pupil) ? waived(amount) : undefined);

/** Days of a term on which the pupil ate at school. */
const mealsIn = ({ index }: PlannedPupil, term: Term) => ({
  days: 88 + ((index + ordinal(term)) % 12),
  method: 'in-kind' as const,
});

const TIERS: Record<string, YuanText> = { 'tier-1': '500.00', 'tier-2': '600.00', 'tier-3': '700.00' };

const ROUNDS: readonly Round[] = [
  {
    policyId: 'rencheng-compulsory-textbooks',
    stages: COMPULSORY,
    give: (pupil) => waived(byStage(pupil, '96.40', '158.20')),
  },
  {
    policyId: 'rencheng-compulsory-exercise-books',
    stages: COMPULSORY,
    give: (pupil) => waived(byStage(pupil, '9.60', '12.80')),
  },
  {
    policyId: 'rencheng-snack-meal',
    stages: COMPULSORY,
    give: (pupil, term) => (isRural(pupil) && !pupil.hardship ? mealsIn(pupil, term) : undefined),
  },
  {
    policyId: 'rencheng-nutrition-meal',
    stages: COMPULSORY,
    give: (pupil, term) => (pupil.hardship ? mealsIn(pupil, term) : undefined),
  },
  { policyId: 'rencheng-compulsory-meal-fee', stages: COMPULSORY, give: toThePoor('720.00') },
  {
    policyId: 'rencheng-boarding-living-subsidy',
    stages: COMPULSORY,
    give: (pupil, term) =>
      pupil.hardship && pupil.boarding && isRural(pupil)
        ? paid(
            ordinal(term) < ordinal(RAISED_FROM)
              ? byStage(pupil, '500.00', '625.00')
              : byStage(pupil, '625.00', '750.00'),
          )
        : undefined,
  },
  {
    policyId: 'rencheng-boarding-supplement',
    stages: COMPULSORY,
    give: (pupil) => (isPoor(pupil) && pupil.boarding ? paid('500.00') : undefined),
  },
  {
    policyId: 'rencheng-preschool-grant',
    stages: ['preschool'],
    give: ({ hardship }) => (hardship ? paid(TIERS[hardship.level ?? ''] ?? '600.00') : undefined),
  },
  { policyId: 'rencheng-kindergarten-fee', stages: ['preschool'], give: toThePoor('1800.00') },
  { policyId: 'rencheng-senior-tuition', stages: SENIOR, give: toThePoor('800.00') },
  { policyId: 'rencheng-senior-textbooks', stages: SENIOR, give: toThePoor('412.50') },
  { policyId: 'rencheng-senior-exercise-books', stages: SENIOR, give: toThePoor('58.00') },
  { policyId: 'rencheng-senior-meal-fee', stages: SENIOR, give: toThePoor('1980.00') },
  {
    policyId: 'rencheng-senior-living-grant',
    stages: SENIOR,
    give: (pupil) => (isPoor(pupil) ? paid('1000.00') : undefined),
  },
  {
    policyId: 'rencheng-vocational-grant',
    stages: ['secondary-vocational'],
    give: (pupil, term) => (isPoor(pupil) && term === FIRST_TERM ? paid('3000.00') : undefined),
  },
  {
    policyId: 'rencheng-university-entrant-grant',
    stages: ['university'],
    give: (pupil, term) => (isPoor(pupil) && term === FIRST_TERM ? paid('5000.00') : undefined),
  },
];

/** The policies under which something may be given at a stage, in the order of an office's work. */
export const roundsFor = (stage: Stage): readonly Round[] => ROUNDS.filter(({ stages }) => stages.includes(stage));

export const policyNumber = (policyId: string): number => ROUNDS.findIndex((round) => round.policyId === policyId);

/** When the aid of a term is paid: mostly within the budget year, some of the autumn's in January. */
export function paidOn(term: Term, serial: number): string {
  const year = Number(term.slice(0, 4));
  const day = String(1 + (serial % 28)).padStart(2, '0');
  if (seasonOf(term) === 'spring') return `${year}-05-${day}`;
  return serial % 10 === 0 ? `${year + 1}-01-${day}` : `${year}-12-${day}`;
}
