// `npm start` and `aid-ledger serve`: one line when ready, a clean stop on SIGTERM and SIGINT.
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
    if (!isLoopback(config.host))
      console.warn(
        "The owner's key opens everything and this host is not loopback. 所有者密钥可执行一切操作,且本机地址并非回环地址。",
      );
    return service;
  } catch (error) {
    console.error(error instanceof ConfigError || error instanceof Error ? `Cannot start: ${error.message}` : error);
    process.exit(78);
  }
}

const keyHint = (file: string | undefined): string => (file ? `, owner's key in ${file}` : '');
