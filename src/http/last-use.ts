// When each key was used last: kept beside the views to the minute, no part of the log.
import type { Logger } from 'pino';
import type { Clock } from '../core/clock.js';
import type { Table, Tables } from '../tables/tables.js';

export const KEY_USE: Table = {
  name: 'key_use',
  columns: { key_id: 'text', used_at: 'text' },
  key: ['key_id'],
};

export class LastUse {
  private readonly written = new Map<string, string>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly models: Tables,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** At most one row a key and minute; nobody waits for it, and a full disk refuses no request because of it. */
  used(keyId: string): void {
    const minute = `${this.clock.now().toISOString().slice(0, 16)}:00.000Z`;
    if (this.written.get(keyId) === minute) return;
    this.written.set(keyId, minute);
    this.writing = this.writing.then(() => this.write(keyId, minute));
  }

  private async write(key_id: string, used_at: string): Promise<void> {
    try {
      await this.models.transaction((rows) => rows.put(KEY_USE, [{ key_id, used_at }]));
    } catch (err) {
      this.logger.warn({ err }, 'the last use of a key was not kept');
    }
  }

  async of(keyIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    await this.writing;
    const rows = await this.models.transaction((transaction) =>
      transaction.load<{ key_id: string; used_at: string }>(KEY_USE, 'key_id', keyIds),
    );
    return new Map(rows.map(({ key_id, used_at }) => [key_id, used_at]));
  }

  async close(): Promise<void> {
    await this.writing;
  }
}
