// `npm start` and `aid-ledger serve`: one line when ready, a clean stop on SIGTERM and SIGINT.
import { Credentials } from './access/credential.view.js';
import { ConfigError, readConfig } from './config.js';
import { startService, type Service } from './service.js';

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

export async function serve(environment: NodeJS.ProcessEnv): Promise<void> {
  const service = await start(environment);
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function start(environment: NodeJS.ProcessEnv): Promise<Service> {
  try {
    const config = readConfig(environment);
    // What the disk refused to hold must not be answered from memory: the process ends.
    const onFailure = (error: unknown): void => {
      console.error('The ledger cannot be written; stopping. 台账无法写入,服务停止。', error);
      process.exit(70);
    };
    const service = await startService(config, { onFailure });
    const { bootstrapKeyFile } = service.installation;
    console.log(
      `Student Aid Ledger 学生资助台账 is ready at ${service.url} (API: ${service.url}/docs)${keyHint(bootstrapKeyFile)}`,
    );
    if (!isLoopback(config.host) && (await isOwnerAlive(service)))
      console.warn(
        "The owner's key opens everything and this host is not loopback: give others keys of their own and revoke it. 所有者密钥可执行一切操作,且本机地址并非回环地址:请为各人签发密钥后将其吊销。",
      );
    return service;
  } catch (error) {
    console.error(error instanceof ConfigError || error instanceof Error ? `Cannot start: ${error.message}` : error);
    process.exit(78);
  }
}

/** The owner's key can be revoked like any other, once others have keys of their own. */
const isOwnerAlive = async ({ app }: Service): Promise<boolean> =>
  (await app.get(Credentials).ownerState()).revoked === null;

const keyHint = (file: string | undefined): string => (file ? `, owner's key in ${file}` : '');
