// What a browser may do with an answer. Nothing of it depends on the request, so helmet is asked once and not each time.
import helmet from '@fastify/helmet';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** Swagger UI styles its elements inline; everything else comes from this host. */
const CONTENT_SECURITY = {
  directives: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    scriptSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    upgradeInsecureRequests: null,
  },
};

/** Headers of any answer that have nothing to do with browsers. */
const OF_ANY_ANSWER = new Set(['content-length', 'content-type', 'date', 'connection']);

/** The headers that helmet sets, from a server that answers nobody else. */
export async function securityHeaders(): Promise<Readonly<Record<string, string>>> {
  const server = new FastifyAdapter().getInstance();
  await server.register(helmet, { contentSecurityPolicy: CONTENT_SECURITY });
  server.get('/', async () => '');
  const { headers } = await server.inject('/');
  await server.close();
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (OF_ANY_ANSWER.has(name) ? [] : [[name, String(value)]])),
  );
}
