// What disclosure, restriction and erasure answer.

export class DisclosedAnswer {
  /** Id of the student. */
  studentId!: string;

  /** Name in clear, where it was asked for. */
  name?: string;

  /** National student number 学籍号 in clear, where it was asked for. */
  studentNumber?: string;

  /** Citizen number 公民身份号码 in clear, where it was asked for. */
  citizenNumber?: string;

  /** Date of birth in clear, where it was asked for. */
  birthDate?: string;

  /** Ledger position of the event that recorded the look. */
  position!: number;
}

export class PrivacyAnswer {
  /** Id of the student. */
  studentId!: string;

  /** The record is kept and not used. */
  restricted!: boolean;

  /** Names and numbers can be read by nobody any more. */
  erased!: boolean;

  /** Ledger position of the event. */
  position!: number;
}
