// One condition of a policy as answers tell it: what is asked, the fact it met, and whether it holds.
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { Stage } from '../core/vocabulary.js';

/** The enrolment that the census day found. */
export class CensusEnrolmentAnswer {
  /** School code 学校标识码, 10 digits. */
  schoolId!: string;

  /** Census day of the term, a civil date. */
  on!: string;
}

/** Of a policy that was withdrawn after it was paid. */
export class WithdrawalAnswer {
  /** First term without the policy. */
  withdrawnFrom!: string;
}

/** A rate that the policy has, where it has none for the student. */
export class RateAskedAnswer {
  /** Stage that it is for; absent: any. */
  stage?: Stage;

  /** Hardship level that it is for; absent: any. */
  level?: string;
}

const text = { type: 'string' as const };

/** One value, or those of which one must hold. */
export const Asked = () =>
  ApiProperty({
    oneOf: [
      { type: 'boolean' },
      text,
      { type: 'array', items: { oneOf: [text, { $ref: getSchemaPath(RateAskedAnswer) }] } },
    ],
  });

/** A value, several where the student has several, or null where there is none. */
export const Found = () =>
  ApiProperty({
    oneOf: [
      { type: 'boolean' },
      { ...text, nullable: true },
      { type: 'array', items: text },
      { $ref: getSchemaPath(CensusEnrolmentAnswer) },
      { $ref: getSchemaPath(WithdrawalAnswer) },
    ],
  });

/** One condition of the policy and the fact of the census day that it met. */
@ApiExtraModels(CensusEnrolmentAnswer, RateAskedAnswer, WithdrawalAnswer)
export class ConditionAnswer {
  /** Which condition, e.g. `enrolled`, `stage`, `boarding`, `hardship`. */
  condition!: string;

  /** What the policy asks: one value, or those of which one must hold. */
  @Asked()
  expected!: unknown;

  /** The fact; null where there is none. */
  @Found()
  fact!: unknown;

  /** Whether it holds. */
  met!: boolean;

  /** Ledger position of the event that the fact comes from; absent where there is no such fact. */
  source?: number;
}
