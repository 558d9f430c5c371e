// E1: rival projectors on the same views, some of them dying in the middle: the views are always what the log says.
import { pause } from '../../src/core/storage.js';
import { NO_STREAM, type EventStore } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Postgres } from '../../src/postgres/database.js';
import { Projector } from '../../src/read-models/projector.js';
import { PostgresTables } from '../../src/tables/postgres/postgres-tables.js';
import { newDatabase, sharedPostgres } from '../support/postgres.js';
import { Chance, SEED } from './chance.js';
import { anyEvent, counting } from './counting.js';
import { hashOfFold } from './fold.js';
import { testWith } from '../support/missing.js';
import { printFigures } from './tools.js';

const ROUNDS = Number(process.env['AID_PROJECTOR_ROUNDS'] ?? 50);
/** A fresh log after so many rounds: it is folded anew after each. */
const ROUNDS_OF_ONE_LOG = 25;
const [RIVALS, BURSTS, STREAMS] = [3, 4, 12];

const chance = new Chance(SEED);
const postgres = sharedPostgres();
const figures = {
  rounds: 0,
  events: 0,
  deaths: 0,
  'connections lost': 0,
  /** Projectors that noticed: they were in the middle of something. */
  'struck at work': 0,
  'readers sent away': 0,
  'rebuilds done': 0,
  'rebuilds cut off': 0,
};
let names = 0;

/** A projector as another service would run it: with connections of its own, which carry its name. */
class Rival {
  private readonly name = `rival-${++names}`;
  private readonly database: Postgres;
  readonly tables: PostgresTables;
  readonly projector: Projector;

  constructor(
    url: string,
    private readonly admin: Postgres,
    store: EventStore,
  ) {
    this.database = new Postgres(`${url}?application_name=${this.name}`, { schema: 'aid', connections: 3 });
    this.tables = new PostgresTables(this.database);
    this.projector = new Projector(store, this.tables, [counting], () => figures['struck at work']++);
  }

  /** The server ends what these connections were doing. */
  async loseConnections(): Promise<void> {
    const text = 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1';
    figures['connections lost'] += (await this.admin.query(text, [this.name])).length;
  }

  /** As a process that is killed: it does no more, and what it had begun is not committed. */
  async die(): Promise<void> {
    figures.deaths++;
    void this.projector.stop();
    await this.loseConnections();
  }

  async close(): Promise<void> {
    await this.projector.stop();
    await this.tables.close();
  }
}

class Field {
  private rivals: Rival[] = [];
  private readonly dead: Rival[] = [];
  private readonly revisions = new Map<string, number>();

  private constructor(
    private readonly url: string,
    private readonly admin: Postgres,
    readonly store: EventStore,
  ) {}

  static async open(): Promise<Field> {
    const url = await newDatabase(postgres ?? '');
    const admin = new Postgres(url, { schema: 'aid', connections: 3 });
    return new Field(url, admin, await PostgresEventStore.open(new Postgres(url, { schema: 'aid', connections: 3 })));
  }

  async enter(): Promise<Rival> {
    const rival = new Rival(this.url, this.admin, this.store);
    this.rivals.push(rival);
    await rival.projector.start();
    return rival;
  }

  /** Rivals project what is appended while one thing or another happens to them; the survivors all arrive. */
  async round(): Promise<void> {
    while (this.rivals.length < RIVALS) await this.enter();
    const { position } = await this.store.head();
    await Promise.all([this.append(), this.disturb(), ...(figures.rounds % 3 === 0 ? [this.rebuild()] : [])]);
    const head = await this.store.head();
    figures.events += head.position - position;
    for (const { projector } of this.rivals) projector.wake(head.position);
    for (const { projector } of this.rivals) await projector.waitFor(head.position, 30_000);
  }

  private async append(): Promise<void> {
    for (let burst = 0; burst < BURSTS; burst++) {
      const stored = await Promise.all(Array.from({ length: STREAMS }, (_, index) => this.appendTo(`s-${index}`)));
      const position = Math.max(...stored);
      for (const { projector } of this.rivals.toSorted(() => chance.next() - 0.5)) {
        projector.wake(position);
        void readerOf(projector, position);
      }
    }
  }

  private async appendTo(stream: string): Promise<number> {
    const events = Array.from({ length: 1 + chance.below(3) }, anyEvent);
    const stored = await this.store.append(stream, this.revisions.get(stream) ?? NO_STREAM, events);
    const last = stored.at(-1);
    this.revisions.set(stream, last?.revision ?? NO_STREAM);
    return last?.position ?? 0;
  }

  private async disturb(): Promise<void> {
    await pause(chance.below(40));
    if (chance.happens(0.6)) await this.kill(chance.pick(this.rivals));
    await pause(chance.below(20));
    if (chance.happens(0.3)) await chance.pick(this.rivals).loseConnections();
  }

  private async kill(rival: Rival): Promise<void> {
    this.rivals = this.rivals.filter((other) => other !== rival);
    this.dead.push(rival);
    await rival.die();
  }

  /** Another builds the views anew meanwhile; half of those that do are cut off. */
  private async rebuild(): Promise<void> {
    const builder = new Rival(this.url, this.admin, this.store);
    this.dead.push(builder);
    const cutOff = chance.happens(0.5);
    const rebuilding = builder.projector.rebuild().then(
      () => figures['rebuilds done']++,
      (error: unknown) => {
        if (!cutOff) throw error;
        figures['rebuilds cut off']++;
      },
    );
    if (cutOff) await pause(chance.below(30)).then(() => builder.die());
    await rebuilding;
  }

  async close(): Promise<void> {
    for (const rival of [...this.rivals, ...this.dead]) await rival.close();
    await this.store.close();
    await this.admin.close();
  }

  get judge(): Rival {
    return chance.pick(this.rivals);
  }
}

/** Somebody who waits for an answer: a projector that nobody asks takes its time, and would be struck while it rests. */
async function readerOf(projector: Projector, position: number): Promise<void> {
  await projector.waitFor(position, 1000).catch(() => figures['readers sent away']++);
}

testWith(postgres !== undefined, 'PostgreSQL')(
  `${ROUNDS} rounds of rival and dying projectors leave the views as the log says`,
  async () => {
    while (figures.rounds < ROUNDS) await sufferOneLog(Math.min(ROUNDS_OF_ONE_LOG, ROUNDS - figures.rounds));
    printFigures('E1 projectors', { ...figures, seed: SEED });
    for (const count of [figures.deaths, figures['struck at work'], figures['rebuilds done']])
      expect(count).toBeGreaterThan(0);
  },
  ROUNDS * 5000 + 60_000,
);

async function sufferOneLog(rounds: number): Promise<void> {
  const field = await Field.open();
  try {
    for (let round = 0; round < rounds; round++) {
      await field.round();
      figures.rounds++;
      expect(await field.judge.projector.hash()).toBe(await hashOfFold(field.store, [counting]));
    }
    await expectTwiceAppliedNoticed(field);
  } finally {
    await field.close();
  }
}

/** Control: a checkpoint that was set back has the last events applied again. */
async function expectTwiceAppliedNoticed(field: Field): Promise<void> {
  await field.judge.tables.transaction((rows) => rows.query('update checkpoint set position = position - 1'));
  const { projector } = await field.enter();
  expect(projector.reached).toBe((await field.store.head()).position);
  expect(await projector.hash()).not.toBe(await hashOfFold(field.store, [counting]));
}
