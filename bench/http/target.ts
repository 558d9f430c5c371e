// A service under load: where it listens, whom it can pay, what it says was paid.
export interface Target {
  name: string;
  port: number;
  /** Sent with every request. */
  headers: Record<string, string>;
  newStudents: (count: number) => Promise<string[]>;
  /** Yuan paid in all, everything that was acknowledged included; absent where nothing is stored. */
  total?: () => Promise<number>;
  stop: () => Promise<void>;
}
