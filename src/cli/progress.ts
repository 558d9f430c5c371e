// Progress of long work: a bar on a terminal, a line at every quarter elsewhere.
import { Presets, SingleBar } from 'cli-progress';

export interface ShownProgress {
  update(done: number, total: number): void;
  stop(): void;
}

export function showProgress(label: string, stream: NodeJS.WriteStream = process.stderr): ShownProgress {
  return stream.isTTY ? bar(label, stream) : lines(label, stream);
}

function bar(label: string, stream: NodeJS.WriteStream): ShownProgress {
  const shown = new SingleBar(
    { format: `${label} {bar} {percentage}% {value}/{total}`, hideCursor: true, stream },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update(done, total) {
      if (!started) shown.start(total, done);
      else shown.setTotal(total);
      started = true;
      shown.update(done);
    },
    stop: () => shown.stop(),
  };
}

function lines(label: string, stream: NodeJS.WriteStream): ShownProgress {
  let shown = 0;
  return {
    update(done, total) {
      const quarter = total === 0 ? 4 : Math.floor((done * 4) / total);
      if (quarter <= shown) return;
      shown = quarter;
      stream.write(`${label} ${quarter * 25}% ${done}/${total}\n`);
    },
    stop() {},
  };
}
