// A made-up population and what an office records of it, as streams: the same seed, the same streams. Nothing is held but
// the school in hand, so that a province takes no more memory than a district.
import type { CivilDate } from '../../core/civil-date.js';
import type { Term } from '../../core/term.js';
import type { ReturnCause } from '../../core/vocabulary.js';
import { paidOn, policyNumber, roundsFor, type Aid } from './aid.js';
import { draw } from './chance.js';
import { DISTRICT_SIZE, districtOf, placesOf, type Place, type PlannedDistrict } from './places.js';
import { pupilAt, type PlannedPupil } from './pupils.js';

/** Payments in all; a district's office records some 50,000 in two terms. */
export const SIZES = { district: 50_000, city: 500_000, province: 5_000_000 } as const;

const TERMS: readonly Term[] = [
  '2023-autumn',
  '2024-spring',
  '2024-autumn',
  '2025-spring',
  '2025-autumn',
  '2026-spring',
];

/** Fewer than any seed gives in all terms: enough pupils, whatever the seed. */
const PAYMENTS_A_PUPIL = 8;

export interface PlannedPayment extends Aid {
  /** Unique in the population; the idempotency key of the payment. */
  key: string;
  /** Index of the pupil. */
  pupil: number;
  term: Term;
  paidOn: CivilDate;
  reference: string;
  correction?: PlannedCorrection;
}

/** What becomes of a payment later: it comes back, or it was a slip of the pen. */
export type PlannedCorrection = { returnedOn: CivilDate; cause: ReturnCause } | { reason: string };

/** Of a thousand payments, those that are corrected. */
const [RETURNED, REVERSED] = [10, 3];

export class Population {
  private readonly districtCount: number;
  /** Below 1 where one district is more than enough. */
  private readonly scale: number;

  /** `payments`: how many there are to be; there are that many, and enough pupils for them, in whole districts. */
  constructor(
    readonly payments: number,
    private readonly seed = 1,
  ) {
    const districts = payments / PAYMENTS_A_PUPIL / DISTRICT_SIZE;
    this.districtCount = Math.ceil(districts);
    this.scale = Math.min(1, districts);
  }

  get pupilCount(): number {
    let count = 0;
    for (const { pupils } of this.places()) count += pupils;
    return count;
  }

  *districts(): Generator<PlannedDistrict> {
    for (let index = 0; index < this.districtCount; index++) yield districtOf(index);
  }

  *places(): Generator<Place> {
    for (let index = 0; index < this.districtCount; index++) yield* placesOf(index, this.scale);
  }

  *pupils(): Generator<PlannedPupil> {
    for (const place of this.places()) yield* this.pupilsOf(place);
  }

  /** Term by term, school by school, policy by policy, as an office works. */
  *paymentsInOrder(): Generator<PlannedPayment> {
    let left = this.payments;
    for (const payment of this.allPayments()) {
      if (left-- === 0) return;
      yield payment;
    }
  }

  private *allPayments(): Generator<PlannedPayment> {
    for (const term of TERMS)
      for (const place of this.places()) {
        const pupils = [...this.pupilsOf(place)];
        for (const { policyId, give } of roundsFor(place.stage))
          for (const pupil of pupils) {
            const given = give(pupil, term);
            if (given) yield this.payment(pupil, term, { policyId, ...given });
          }
      }
  }

  private *pupilsOf(place: Place): Generator<PlannedPupil> {
    for (let offset = 0; offset < place.pupils; offset++) yield pupilAt(place.first + offset, place, this.seed);
  }

  private payment({ index }: PlannedPupil, term: Term, aid: Aid): PlannedPayment {
    const key = `${term}-${aid.policyId.replace('rencheng-', '')}-${index}`;
    const correction = this.correctionOf(index, term, aid);
    const reference = `${term}-${aid.policyId.replace('rencheng-', '')}`;
    return {
      ...aid,
      key,
      pupil: index,
      term,
      paidOn: paidOn(term, index),
      reference,
      ...(correction && { correction }),
    };
  }

  private correctionOf(index: number, term: Term, { method, policyId }: Aid): PlannedCorrection | undefined {
    const fate = draw(1000, this.seed, index, TERMS.indexOf(term) * 100 + policyNumber(policyId));
    if (fate < REVERSED) return { reason: '重复录入' };
    if (fate >= REVERSED + RETURNED || method === 'in-kind') return undefined;
    return { returnedOn: dayAfter(paidOn(term, index)), cause: method === 'card' ? 'bank-refused' : 'student-left' };
  }
}

const dayAfter = (date: CivilDate): CivilDate =>
  new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
