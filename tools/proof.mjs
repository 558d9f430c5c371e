// `npm run proof -- <id> …`: the durability harnesses of the test suite at release size; each has a control that must fail.
import { spawnSync } from 'node:child_process';

const PROOFS = {
  R1: {
    says: 'kill -9 of the embedded log and of the whole service',
    specs: 'durability/kill|crash/crash',
    sizes: { AID_KILL_CYCLES: 10_000, AID_CRASH_CYCLES: 1000 },
  },
  R2: { says: 'power cuts', specs: 'durability/power-cut', sizes: { AID_POWER_CUT_STATES: 1_000_000 } },
  R3: { says: 'failing reads, writes and syncs', specs: 'durability/failing-io', sizes: { AID_FAILING_IO_RUNS: 900 } },
  R4: { says: 'a full disk', specs: 'durability/disk-full', sizes: { AID_DISK_FULL_ROUNDS: 50 } },
  R5: { says: 'PostgreSQL that is killed and restarted', specs: 'durability/postgres', sizes: { AID_R5_SECONDS: 600 } },
  R6: { says: 'dump and restore', specs: 'durability/dump', sizes: { AID_DUMP_ROUNDS: 20 } },
  R10: {
    says: 'random commands against the reference ledger',
    specs: 'model/model',
    sizes: { AID_MODEL_RUNS: 33_000 },
  },
  S3: {
    says: 'hostile requests made from the OpenAPI document',
    specs: 'hostile/hostile',
    sizes: { AID_HOSTILE_REQUESTS: 200_000 },
  },
  S4: { says: 'commands sent again over cut connections', specs: 'hostile/retries', sizes: { AID_RETRIES: 100 } },
  rotation: {
    says: 'the master key changed under kill -9',
    specs: 'keys/rotation',
    sizes: { AID_ROTATION_KILLS: 500 },
  },
  E1: { says: 'killed and rival projectors', specs: 'durability/projectors', sizes: { AID_PROJECTOR_ROUNDS: 2000 } },
  E2: { says: 'rebuild while writes go on', specs: 'durability/rebuild', sizes: { AID_REBUILD_ROUNDS: 50 } },
  instances: {
    says: 'three services on one PostgreSQL, one killed each second',
    specs: 'durability/three-instances',
    sizes: { AID_INSTANCE_KILLS: 60 },
  },
  moving: {
    says: 'a ledger of 100,000 events moved to another store',
    specs: 'moving/moving',
    sizes: { AID_MOVING_EVENTS: 100_000 },
  },
  cluster: {
    says: 'a KurrentDB cluster whose nodes are killed (KURRENTDB_URL, AID_CLUSTER_KILL, AID_CLUSTER_START)',
    specs: 'crash/cluster',
    sizes: { AID_CLUSTER_KILLS: 20 },
  },
};

const asked = process.argv.slice(2);
const unknown = asked.find((id) => !(id in PROOFS));
if (asked.length === 0 || unknown !== undefined) {
  console.error('npm run proof -- <id> …, sizes by the variables in brackets');
  for (const [id, { says, sizes }] of Object.entries(PROOFS))
    console.error(
      `  ${id.padEnd(10)} ${says} [${Object.entries(sizes)
        .map((size) => size.join('='))
        .join(' ')}]`,
    );
  process.exit(2);
}

/** What the environment sets stays; the rest is of release size. */
function prove(id) {
  const { specs, sizes } = PROOFS[id];
  const env = {
    ...Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, String(size)])),
    ...process.env,
  };
  const options = [
    '--selectProjects',
    'sqlite',
    '--testPathPatterns',
    specs,
    '--runInBand',
    '--testTimeout',
    '86400000',
  ];
  return spawnSync('npx', ['jest', ...options], { env, stdio: 'inherit' }).status ?? 1;
}

process.exitCode = Math.max(...asked.map(prove));
