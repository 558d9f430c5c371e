// An opponent in a process of its own: its name and database as arguments, its port to whoever started it.
import { serveOpponent, type OpponentName } from './service.js';

const [name, postgres] = process.argv.slice(2);
const { port, stop } = await serveOpponent(name as OpponentName, postgres);
process.send?.({ port });
process.once('SIGTERM', () => void stop().then(() => process.exit(0)));
