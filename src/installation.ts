// One installation: the adapters that the configuration names, opened in order and closed in reverse.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { ACCESS_SEALED } from './access/access.events.js';
import { accessProjection } from './access/access.projection.js';
import type { TokenVerifier } from './access/tokens.js';
import { openEventStore, openKeyTables, openReadModels } from './adapters.js';
import { embeddedFiles, installationFiles, type Config } from './config.js';
import type { Declaration } from './core/event.js';
import { Clock, Ids } from './core/clock.js';
import { EventStore } from './event-store/event-store.js';
import { Ledger } from './event-store/ledger.js';
import { KeyStore } from './keys/key-store.js';
import { newMasterKey, parseMasterKey, secretFile } from './keys/master-key.js';
import { StudentSealer } from './keys/student-sealer.js';
import { NOTICE_SEALED } from './notices/notice.events.js';
import { noticeProjection } from './notices/notice.projection.js';
import { Freshness } from './office/freshness.js';
import { policyProjection } from './policies/policy.projection.js';
import type { Projection } from './read-models/projection.js';
import { Projector } from './read-models/projector.js';
import { Tables } from './tables/tables.js';
import { schoolProjection } from './schools/school.projection.js';
import { lockFile } from './sqlite/lock.js';
import { paymentProjection } from './students/payment.projection.js';
import { STUDENT_SEALED } from './students/student.events.js';
import { studentProjection } from './students/student.projection.js';
import { movementProjection } from './totals/movement.projection.js';

/** In the order in which they are applied: movements read the payment register. */
export const PROJECTIONS: readonly Projection[] = [
  policyProjection,
  schoolProjection,
  studentProjection,
  paymentProjection,
  movementProjection,
  accessProjection,
  noticeProjection,
];

/** What stands sealed in the log, by type of event. */
export const SEALED_FIELDS: Declaration = { ...STUDENT_SEALED, ...ACCESS_SEALED, ...NOTICE_SEALED };

class SystemClock extends Clock {
  override now = (): Date => new Date();
}

/** UUIDs of version 7: they grow with time, so that rows under new ids lie side by side in an index. */
class GrowingIds extends Ids {
  override next = (): string => {
    const instant = Date.now().toString(16).padStart(12, '0');
    // The runtime draws random UUIDs of version 4 many at a time; what follows their version is random here as well.
    return `${instant.slice(0, 8)}-${instant.slice(8)}-7${randomUUID().slice(15)}`;
  };
}

export interface Installation {
  store: EventStore;
  models: Tables;
  keys: KeyStore;
  sealer: StudentSealer;
  projector: Projector;
  freshness: Freshness;
  ledger: Ledger;
  clock: Clock;
  ids: Ids;
  tokens: TokenVerifier | undefined;
  /** Requests per minute and caller. */
  rateLimit: number;
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

/** How often a service looks for what others have recorded on the same store. */
const LOOK_EVERY_MS = 250;

/** Opens the ledger for writing. Embedded files belong to one process: a second is refused. */
export async function openInstallation(config: Config, options: InstallationOptions = {}): Promise<Installation> {
  const files = installationFiles(config.directory);
  const masterKey = masterKeyOf(config, files.masterKey);
  const closing: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    for (const file of embeddedFiles(config)) closing.push(lockFile(`${file}.lock`).release);
    const parts = await openParts(config, options, masterKey, closing);
    const tokens = await tokensOf(config, parts.clock);
    return { ...parts, ...bootstrapOf(config, files), tokens, rateLimit: config.rateLimit, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What checks tokens is loaded only where tokens are taken. */
async function tokensOf({ tokens }: Config, clock: Clock): Promise<TokenVerifier | undefined> {
  if (!tokens) return undefined;
  const { TokenVerifier } = await import('./access/tokens.js');
  return new TokenVerifier(tokens, () => clock.now());
}

async function openParts(
  config: Config,
  { clock = new SystemClock(), ids = new GrowingIds(), onFailure = () => {}, logger }: InstallationOptions,
  masterKey: Buffer,
  closing: (() => unknown)[],
) {
  const models = await openReadModels(config);
  closing.push(() => models.close());
  const keys = await openKeys(config, masterKey);
  closing.push(() => keys.close());
  const store = await openEventStore(config, models, { now: () => clock.now(), onFailure });
  closing.push(() => store.close());
  const projector = new Projector(store, models, PROJECTIONS, (err) => logger?.error({ err }, 'the views stand still'));
  closing.push(() => projector.stop());
  if (config.store.kind !== 'sqlite') closing.push(lookAround(projector));
  const freshness = new Freshness(projector);
  const sealer = new StudentSealer(keys, SEALED_FIELDS);
  const ledger = new Ledger(store, sealer, freshness.appended);
  return { store, models, keys, sealer, projector, freshness, ledger, clock, ids };
}

async function openKeys(config: Config, masterKey: Buffer): Promise<KeyStore> {
  const tables = await openKeyTables(config);
  try {
    return await KeyStore.open(tables, masterKey);
  } catch (error) {
    await tables.close();
    throw error;
  }
}

/** Other services write to the same store; what one leaves without a view when it dies, another projects. */
function lookAround(projector: Projector): () => void {
  const timer = setInterval(() => void projector.look(), LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

const bootstrapOf = ({ bootstrapKey }: Config, files: { bootstrapKey: string }) =>
  bootstrapKey === undefined
    ? { bootstrapKey: secretFile(files.bootstrapKey, newApiKey).secret, bootstrapKeyFile: files.bootstrapKey }
    : { bootstrapKey, bootstrapKeyFile: undefined };

const newApiKey = (): string => `aid_${randomBytes(32).toString('base64url')}`;

function masterKeyOf({ masterKey, masterKeyFile }: Config, beside: string): Buffer {
  return parseMasterKey(masterKey ?? secretFile(masterKeyFile ?? beside, newMasterKey).secret);
}
