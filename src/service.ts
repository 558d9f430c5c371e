// The running service: an installation behind HTTP, ready when its views are, stopped without losing an answer.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pino, type Logger } from 'pino';
import { AppModule } from './app.module.js';
import { ConfigError, type Config } from './config.js';
import { demandMatrixOf, watchRoutes } from './http/access.guard.js';
import { KEY_USE, LastUse } from './http/last-use.js';
import { MOST_BODY_BYTES, readJsonBodies } from './http/json-body.js';
import { Metrics } from './http/metrics.js';
import { Crowd } from './http/crowd.js';
import { Door } from './http/door.js';
import { readNdjsonBodies } from './http/ndjson.js';
import { securityHeaders } from './http/security-headers.js';
import { serveApiDescription } from './http/openapi.js';
import { asRejection, sendProblem } from './http/problem.filter.js';
import { openInstallation, type Installation, type InstallationOptions } from './installation.js';
import { CatalogueLoader } from './policies/catalogue.loader.js';
import { ERASED, ERASURE } from './students/student.projection.js';
import type { Progress } from './read-models/pace.js';

export interface Service {
  app: NestFastifyApplication;
  installation: Installation;
  /** Address for people and clients, once it listens. */
  url: string;
  stop(): Promise<void>;
}

export interface ServiceOptions extends Omit<InstallationOptions, 'logger'> {
  progress?: Progress;
  /** False keeps the service in the process: tests send requests without a socket. */
  listen?: boolean;
}

export const newLogger = (level: string): Logger =>
  pino({ level, redact: ['req.headers.authorization', 'headers.authorization'], base: null });

/** How long a stopping service waits for clients to read their answers. */
const DRAIN_MS = 10_000;

export async function startService(config: Config, options: ServiceOptions = {}): Promise<Service> {
  const logger = newLogger(config.logLevel);
  const installation = await openInstallation(config, { ...options, logger });
  try {
    await installation.projector.start(options.progress);
    await keepErasures(installation);
    await installation.models.create([KEY_USE]);
    for (const warning of await installation.models.warnings()) logger.warn(warning);
    const app = await createApp(installation, logger, config.mostAtOnce);
    await app.get(CatalogueLoader).load(config.catalogue);
    if (options.listen !== false) await app.listen(config.port, config.host);
    const url = options.listen === false ? '' : await app.getUrl();
    const server = app.getHttpServer();
    const stop = async (): Promise<void> => {
      const impatient = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await app.close();
      await app.get(LastUse).close();
      clearTimeout(impatient);
      await installation.close();
    };
    return { app, installation, url, stop };
  } catch (error) {
    await installation.close();
    throw error;
  }
}

/** Bodies are described by their DTOs: what the framework would read schemas with is not loaded. */
const noSchemas = (): never => {
  throw new Error('a route has a schema of its own');
};

async function createApp(
  installation: Installation,
  logger: Logger,
  mostAtOnce: number,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MOST_BODY_BYTES,
    genReqId: () => installation.ids.next(),
    forceCloseConnections: 'idle',
    frameworkErrors: (error: Error, _: FastifyRequest, reply: FastifyReply) => sendProblem(reply, asRejection(error)),
    routerOptions: { maxParamLength: 200 },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(installation, logger), adapter, {
    bodyParser: false,
    logger: ['error', 'warn'],
  });
  const server = adapter.getInstance();
  readJsonBodies(server);
  readNdjsonBodies(server, '/v1/payments/bulk');
  const routes = watchRoutes(server);
  app.get(Metrics).watch(server);
  new Crowd(mostAtOnce).watch(server);
  new Door().watch(server);
  const forBrowsers = securityHeaders();
  server.addHook('onSend', async (request, reply) => {
    void reply.headers(forBrowsers).header('X-Request-Id', request.id);
    // What an office reads about a child is for nobody's cache.
    if (!reply.hasHeader('Cache-Control')) void reply.header('Cache-Control', 'no-store');
  });
  serveApiDescription(app);
  await app.init();
  await server.ready();
  demandMatrixOf(routes);
  return app;
}

/**
 * An erasure that was recorded and not carried out to its end is carried out now. A key store without keys beside a
 * ledger with students is not theirs: to go on would be to record what nobody can read.
 */
async function keepErasures({ models, keys }: Installation): Promise<void> {
  const erased = await models.query<{ student_id: string }>(`select student_id from ${ERASURE.name}`);
  await keys.destroy(erased.map(({ student_id }) => student_id));
  const [student] = await models.query('select 1 as yes from student where registration <> $1 limit 1', [ERASED]);
  if (student && !(await keys.holdsStudents()))
    throw new ConfigError(
      '密钥库中没有学生密钥,而台账中有学生:请放回密钥库(keys.db)。 The key store holds no key of a student, and the ledger has students: put the key store (keys.db) back in its place.',
    );
}
