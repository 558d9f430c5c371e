// The shapes in which disclosure, restriction and erasure are asked for.
import { DISCLOSABLE, type Disclosable } from '../access/access.events.js';
import { ListOf, Optional, Text } from '../http/fields.js';

export class DiscloseDto {
  /** Which of them: name, studentNumber, citizenNumber, birthDate. */
  @ListOf((field) => (DISCLOSABLE as readonly string[]).includes(field), DISCLOSABLE.join(', '), 1)
  fields!: Disclosable[];

  /** What they are needed for; recorded with the look. */
  @Text(300)
  purpose!: string;
}

export class RestrictDto {
  @Text(500)
  reason!: string;

  /** The request or decision that demands it. */
  @Text(300)
  document!: string;
}

export class EraseDto extends RestrictDto {
  /** The law that demands erasure while accounting records are still to be kept. */
  @Optional()
  @Text(300)
  law?: string;
}
