// The shapes in which policies arrive; the catalogue files are held to the same.
import { STAGES, KINDS, SETTINGS, type Kind, type Setting, type Stage } from '../core/vocabulary.js';
import { toYuan, yuan } from '../core/money.js';
import type { Term } from '../core/term.js';
import {
  Count,
  Flag,
  isSlug,
  ListOf,
  Nested,
  NestedList,
  Nullable,
  OneOf,
  Optional,
  Pattern,
  Slug,
  TermCode,
  OpenText,
  Word,
  Yuan,
} from '../http/fields.js';
import { isHardshipCategory } from '../students/hardship-categories.js';
import type { Basis, Benefit, PolicyTerms } from './policy.events.js';
import type { PolicyDraft } from './policy.js';

const BASES: readonly Basis[] = ['per-year', 'per-term', 'per-day', 'once', 'actual-cost'];
const isStage = (text: string): boolean => (STAGES as readonly string[]).includes(text);
const isHardship = (text: string): boolean => text === 'any' || text === 'none' || isHardshipCategory(text);
const isShortWord = (text: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}-]{0,39}$/u.test(text);

export class NameDto {
  /** Name in Chinese. */
  @OpenText(100)
  zh!: string;

  /** Name in English. */
  @OpenText(200)
  en!: string;
}

/** Conditions on the facts of the census date; one that is absent is not tested. */
export class EligibilityDto {
  @Optional()
  @ListOf(isStage, `stages: ${STAGES.join(', ')}`, 1)
  stages?: Stage[];

  @Optional()
  @ListOf(isShortWord, 'grades', 1)
  grades?: string[];

  /** `["any"]`, `["none"]`, or hardship categories of which one must hold. */
  @Optional()
  @ListOf(isHardship, 'any, none or hardship categories', 1)
  hardship?: string[];

  @Optional()
  @Flag()
  boarding?: boolean;

  @Optional()
  @OneOf(SETTINGS)
  setting?: Setting;

  @Optional()
  @Flag()
  inclusiveKindergarten?: boolean;

  @Optional()
  @OneOf(['new-entrant'])
  admission?: 'new-entrant';

  /** Groups of students of which one must hold, e.g. `left-behind-child`. */
  @Optional()
  @ListOf(isShortWord, 'student groups', 1)
  studentGroups?: string[];

  /** Districts to which the policy is confined. */
  @Optional()
  @ListOf(isSlug, 'district ids', 1)
  districts?: string[];
}

export class RateDto {
  @Optional()
  @OneOf(STAGES)
  stage?: Stage;

  /** Hardship level of the determination. */
  @Optional()
  @Word()
  level?: string;

  /** Yuan. */
  @Yuan()
  amount!: string;
}

export class BenefitDto {
  @OneOf(BASES)
  basis!: Basis;

  /** Not for actual-cost; absent for meals whose money value is not set. */
  @Optional()
  @NestedList(() => RateDto, 1)
  amounts?: RateDto[];

  /** per-day: the most days of a term. */
  @Optional()
  @Count(1, 366)
  daysPerTerm?: number;

  /** actual-cost: the most a term may cost, in yuan. */
  @Optional()
  @Yuan()
  cap?: string;
}

export class FundingShareDto {
  /** e.g. central, province, city, district, lottery, foundation. */
  @Slug()
  source!: string;

  /** Part of one. */
  @Pattern(
    /^(0\.(?!0+$)\d{1,6}|1(\.0{1,6})?)$/,
    '须为大于 0、至多 1 的小数,如 "0.5" · must be a part of one, e.g. "0.5"',
  )
  share!: string;
}

const MONTH_DAY = /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const MONTH_DAY_WANTED = '须为月-日,如 12-31 · must be month-day, e.g. 12-31';

export class PayByDto {
  @Optional()
  @Pattern(MONTH_DAY, MONTH_DAY_WANTED)
  autumn?: string;

  @Optional()
  @Pattern(MONTH_DAY, MONTH_DAY_WANTED)
  spring?: string;
}

/** The document that the version rests on. */
export class LegalDto {
  @OpenText(300)
  document!: string;

  @Optional()
  @OpenText(100)
  number?: string;

  @Optional()
  @OpenText(300)
  clause?: string;

  @Optional()
  @OpenText(500)
  url?: string;

  @Optional()
  @OpenText(2000)
  note?: string;
}

export class PolicyVersionDto {
  @TermCode()
  effectiveFrom!: Term;

  /** Absent or null: until further notice. */
  @Nullable()
  @TermCode()
  effectiveUntil?: Term | null;

  @Nested(() => EligibilityDto)
  eligibility!: EligibilityDto;

  @Nested(() => BenefitDto)
  benefit!: BenefitDto;

  /** Shares sum to one. */
  @Optional()
  @NestedList(() => FundingShareDto, 1)
  funding?: FundingShareDto[];

  /** Due dates, month-day. */
  @Optional()
  @Nested(() => PayByDto)
  payBy?: PayByDto;

  @Nested(() => LegalDto)
  legal!: LegalDto;
}

export class PublishPolicyDto {
  @Slug()
  policyId!: string;

  @Nested(() => NameDto)
  name!: NameDto;

  @OneOf(KINDS)
  kind!: Kind;

  /** Policies that cannot be received in the same term. */
  @Optional()
  @ListOf(isSlug, 'policy ids')
  exclusiveWith?: string[];

  /** Policies that this one is paid on top of. */
  @Optional()
  @ListOf(isSlug, 'policy ids')
  onTopOf?: string[];

  @NestedList(() => PolicyVersionDto, 1)
  versions!: PolicyVersionDto[];
}

export class WithdrawPolicyDto {
  /** First term without the policy; the present term where it is absent. */
  @Optional()
  @TermCode()
  from?: Term;

  @OpenText(500)
  reason!: string;
}

const canonicalYuan = (text: string): string => toYuan(yuan(text));

/** Amounts as events write them, with two decimals. */
const benefitOfDto = ({ amounts, cap, ...benefit }: BenefitDto): Benefit => ({
  ...benefit,
  ...(amounts && { amounts: amounts.map((rate) => ({ ...rate, amount: canonicalYuan(rate.amount) })) }),
  ...(cap !== undefined && { cap: canonicalYuan(cap) }),
});

export const termsOfDto = (version: PolicyVersionDto): PolicyTerms => ({
  ...version,
  effectiveUntil: version.effectiveUntil ?? null,
  benefit: benefitOfDto(version.benefit),
});

export const draftOfDto = ({
  exclusiveWith = [],
  onTopOf = [],
  versions,
  ...policy
}: PublishPolicyDto): PolicyDraft => ({
  ...policy,
  exclusiveWith,
  onTopOf,
  versions: versions.map(termsOfDto),
});
