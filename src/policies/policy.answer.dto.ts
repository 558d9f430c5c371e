// What the routes on policies answer. What a version says comes back in the shapes in which it arrived.
import type { Kind } from '../core/vocabulary.js';
import { BenefitDto, EligibilityDto, FundingShareDto, LegalDto, NameDto, PayByDto } from './policy.dto.js';

export class PolicyVersionAnswer {
  /** 1 for the first version published, counting up in the order of publication. */
  version!: number;

  /** First term, e.g. `2024-spring`. */
  effectiveFrom!: string;

  /** Last term; null: until further notice. */
  effectiveUntil!: string | null;

  /** Conditions on the facts of the census date; one that is absent is not tested. */
  eligibility!: EligibilityDto;

  /** How much, in yuan, and how it is counted. */
  benefit!: BenefitDto;

  /** Who pays which part; the shares sum to one. Absent where the version does not say. */
  funding?: FundingShareDto[];

  /** Due dates, month-day. */
  payBy?: PayByDto;

  /** The document that the version rests on. */
  legal!: LegalDto;
}

export class PolicyPublishedAnswer {
  /** Id of the policy. */
  policyId!: string;

  /** Name of the policy. */
  name!: NameDto;

  /** Kind of aid: a fee not collected, a recurring subsidy, a grant, meals in kind. */
  kind!: Kind;

  /** Policies that cannot be received in the same term. */
  exclusiveWith!: string[];

  /** Policies that this one is paid on top of. */
  onTopOf!: string[];

  /** Every version, in the order of publication. */
  versions!: PolicyVersionAnswer[];

  /** Revision of the policy, as in the ETag; 0 when it is published. */
  revision!: number;
}

export class PolicyAnswer extends PolicyPublishedAnswer {
  /** First term without the policy; null while it is not withdrawn. */
  withdrawnFrom!: string | null;
}

export class PolicyPage {
  /** Policies in the order of their ids. */
  items!: PolicyAnswer[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}

export class ClosedVersionAnswer {
  /** Number of the version. */
  version!: number;

  /** Its last term from now on. */
  effectiveUntil!: string;
}

export class PolicyAmendedAnswer {
  /** Id of the policy. */
  policyId!: string;

  /** The version that was added. */
  version!: PolicyVersionAnswer;

  /** The open-ended version that ends with the term before; null where there was none. */
  closes!: ClosedVersionAnswer | null;

  /** Revision of the policy, as in the ETag. */
  revision!: number;
}

export class PolicyWithdrawnAnswer {
  /** Id of the policy. */
  policyId!: string;

  /** First term without the policy. */
  from!: string;

  /** Why it was withdrawn. */
  reason!: string;

  /** Revision of the policy, as in the ETag. */
  revision!: number;
}
