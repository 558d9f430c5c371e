// Starts the service from the environment.
import { serve } from './serve.js';

await serve(process.env);
