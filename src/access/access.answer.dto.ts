// What the routes on keys, grants and the access log answer.
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ScopeAnswer } from '../http/ledger.answer.dto.js';
import { ActorAnswer, BilingualAnswer } from '../http/shared.answer.dto.js';
import { ROLE_NAMES, type Role } from './matrix.js';

class PermissionAnswer {
  /** What it allows. */
  @ApiProperty({ type: String, enum: ROLE_NAMES })
  role!: Role;

  /** How far. */
  scope!: ScopeAnswer;

  /** Last day on which it holds; null: until further notice. */
  expiresOn!: string | null;
}

export class KeyIssuedAnswer extends PermissionAnswer {
  /** Id of the key. */
  keyId!: string;

  /** The key itself: shown this once and kept nowhere; null where the first answer is given again. */
  key!: string | null;

  /** How the key begins, by which people know it. */
  prefix!: string;

  /** Whose key it is. */
  name!: string;

  /** Ledger position of the event. */
  position!: number;
}

export class SignatureAnswer {
  /** Who did it. */
  by!: ActorAnswer;

  /** Instant, UTC. */
  recordedAt!: string;

  /** Ledger position of the event. */
  position!: number;
}

export class KeyAnswer extends PermissionAnswer {
  /** Id of the key. */
  keyId!: string;

  /** How the key begins, by which people know it. */
  prefix!: string;

  /** Whose key it is. */
  name!: string;

  /** Who issued it; null for the owner's key, which comes from the configuration. */
  given!: SignatureAnswer | null;

  /** Who revoked it; null while it is not revoked. */
  revoked!: SignatureAnswer | null;

  /** To the minute, UTC; null where it was never used. */
  lastUsedAt!: string | null;
}

export class KeyPage {
  /** Keys within the caller's scope, in the order of their ids; the owner's first. */
  items!: KeyAnswer[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}

export class KeyRevokedAnswer {
  /** Id of the key. */
  keyId!: string;

  /** It opens nothing from the next request on. */
  revoked!: boolean;

  /** Ledger position of the event. */
  position!: number;
}

export class GrantGivenAnswer extends PermissionAnswer {
  /** Id of the grant. */
  grantId!: string;

  /** Value of the token's claim. */
  holder!: string;

  /** First day on which it holds. */
  from!: string;

  /** Ledger position of the event. */
  position!: number;
}

export class GrantAnswer extends PermissionAnswer {
  /** Id of the grant. */
  grantId!: string;

  /** Value of the token's claim. */
  holder!: string;

  /** First day on which it holds. */
  from!: string;

  /** Who gave it. */
  given!: SignatureAnswer;

  /** Who revoked it; null while it is not revoked. */
  revoked!: SignatureAnswer | null;
}

export class GrantPage {
  /** Grants within the caller's scope, in the order of their ids. */
  items!: GrantAnswer[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}

export class GrantRevokedAnswer {
  /** Id of the grant. */
  grantId!: string;

  /** It allows nothing from the next request on. */
  revoked!: boolean;

  /** Ledger position of the event. */
  position!: number;
}

@ApiExtraModels(BilingualAnswer)
export class LookAnswer {
  /** Ledger position of the event that recorded the look. */
  position!: number;

  /** Instant, UTC. */
  recordedAt!: string;

  /** Whose record was seen. */
  studentId!: string;

  /** Who saw it. */
  actor!: ActorAnswer;

  /** With which duty, as the access matrix names it. */
  duty!: string;

  /** For what: the duty in words, or what the caller stated when names and numbers were shown in clear. */
  @ApiProperty({ nullable: true, oneOf: [{ $ref: getSchemaPath(BilingualAnswer) }, { type: 'string' }] })
  purpose!: BilingualAnswer | string | null;

  /** Classes of fields that left the service; for names and numbers in clear, the fields. */
  fields!: string[];
}

export class LookPage {
  /** Looks, newest first. */
  items!: LookAnswer[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}
