// One installation: the adapters that the configuration names, opened in order and closed in reverse.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { dataFiles, type Config } from './config.js';
import { Clock, Ids } from './core/clock.js';
import { EventStore } from './event-store/event-store.js';
import { Ledger } from './event-store/ledger.js';
import { SqliteEventStore } from './event-store/sqlite/sqlite-event-store.js';
import { KeyStore } from './keys/key-store.js';
import { newMasterKey, parseMasterKey, secretFile } from './keys/master-key.js';
import { StudentSealer } from './keys/student-sealer.js';
import { Freshness } from './office/freshness.js';
import { policyProjection } from './policies/policy.projection.js';
import type { Projection } from './read-models/projection.js';
import { Projector } from './read-models/projector.js';
import { ReadModels } from './read-models/read-models.js';
import { SqliteReadModels } from './read-models/sqlite/sqlite-read-models.js';
import { schoolProjection } from './schools/school.projection.js';
import { lockFile } from './sqlite/lock.js';
import { paymentProjection } from './students/payment.projection.js';
import { studentProjection } from './students/student.projection.js';
import { movementProjection } from './totals/movement.projection.js';

/** In the order in which they are applied: movements read the payment register. */
export const PROJECTIONS: readonly Projection[] = [
  policyProjection,
  schoolProjection,
  studentProjection,
  paymentProjection,
  movementProjection,
];

class SystemClock extends Clock {
  override now = (): Date => new Date();
}

class RandomIds extends Ids {
  override next = (): string => randomUUID();
}

export interface Installation {
  store: EventStore;
  models: ReadModels;
  keys: KeyStore;
  sealer: StudentSealer;
  projector: Projector;
  freshness: Freshness;
  ledger: Ledger;
  clock: Clock;
  ids: Ids;
  bootstrapKey: string;
  /** File that holds the bootstrap key where it was not given. */
  bootstrapKeyFile: string | undefined;
  close(): Promise<void>;
}

export interface InstallationOptions {
  clock?: Clock;
  ids?: Ids;
  logger?: Logger;
  /** What to do when the log failed to hold what it was told; the process cannot go on. */
  onFailure?: (error: unknown) => void;
}

/** Opens the ledger for writing; a second process is refused. */
export function openInstallation(config: Config, options: InstallationOptions = {}): Installation {
  const files = dataFiles(config.store.file);
  const lock = lockFile(files.lock);
  const { clock = new SystemClock(), ids = new RandomIds(), onFailure = () => {}, logger } = options;
  const store = new SqliteEventStore(files.ledger, { now: () => clock.now(), onFailure });
  const models = new SqliteReadModels(files.ledger);
  const keys = new KeyStore(files.keys, masterKeyOf(config, files.masterKey));
  const sealer = new StudentSealer(keys);
  const projector = new Projector(store, models, PROJECTIONS, (err) =>
    logger?.fatal({ err }, 'the views have halted; reads are refused until the cause is mended'),
  );
  const freshness = new Freshness(projector);
  const ledger = new Ledger(store, sealer, freshness.appended);
  const bootstrap = config.bootstrapKey
    ? { secret: config.bootstrapKey, file: undefined }
    : { ...secretFile(files.bootstrapKey, newApiKey), file: files.bootstrapKey };
  return {
    store,
    models,
    keys,
    sealer,
    projector,
    freshness,
    ledger,
    clock,
    ids,
    bootstrapKey: bootstrap.secret,
    bootstrapKeyFile: bootstrap.file,
    async close() {
      await projector.stop();
      await models.close();
      await store.close();
      keys.close();
      lock.release();
    },
  };
}

const newApiKey = (): string => `aid_${randomBytes(32).toString('base64url')}`;

function masterKeyOf({ masterKey, masterKeyFile }: Config, beside: string): Buffer {
  return parseMasterKey(masterKey ?? secretFile(masterKeyFile ?? beside, newMasterKey).secret);
}
