// What the health routes answer.

export class AliveAnswer {
  /** `ok`. */
  status!: string;
}

export class ReadyAnswer extends AliveAnswer {
  /** Ledger position that the views have reached. */
  position!: number;
}
