// What happens to a PostgreSQL server: connections ended, a backend killed (all recover from the log), an immediate restart.
import { pause } from '../../src/core/storage.js';
import type { Cluster } from '../support/postgres.js';
import type { Chance } from './chance.js';

const OURS = "application_name = 'student-aid-ledger'";

export class Mischief {
  terminated = 0;
  killed = 0;
  restarts = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly chance: Chance,
  ) {}

  async go(isOver: () => boolean): Promise<void> {
    for (let turn = 1; !isOver(); turn++) {
      await pause(50 + this.chance.below(200));
      if (turn % 8 === 0) await this.restart();
      else if (turn % 4 === 0) await this.killBackend();
      else await this.terminateBackends();
    }
  }

  private async terminateBackends(): Promise<void> {
    const victims = `(select pid from pg_stat_activity where ${OURS} order by random() limit ${1 + this.chance.below(3)})`;
    const ended = await this.admin<{ yes: boolean }>(
      `select pg_terminate_backend(pid) as yes from ${victims} as victims`,
    );
    this.terminated += ended.length;
  }

  /** The server cannot know what the dead backend left in shared memory: it ends all others and recovers. */
  private async killBackend(): Promise<void> {
    const text = `select pid from pg_stat_activity where ${OURS} order by random() limit 1`;
    const [victim] = await this.admin<{ pid: number }>(text);
    if (victim && killIfThere(victim.pid)) this.killed++;
  }

  private async restart(): Promise<void> {
    await this.cluster.down('SIGQUIT');
    await this.cluster.up();
    this.restarts++;
  }

  /** The server may be recovering from what was done to it last. */
  private async admin<R>(text: string): Promise<R[]> {
    for (let attempt = 0; ; attempt++)
      try {
        return await this.cluster.admin<R>(text);
      } catch (error) {
        if (attempt > 300) throw error;
        await pause(50);
      }
  }
}

function killIfThere(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
