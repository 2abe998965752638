import { reportFailure } from './failure.ts';
import { watchInterruption } from './interruption.ts';
import { runProgram } from './program.ts';

// The one place that decides how the process ends.

// A reader that has enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await runProgram(process.argv.slice(2), {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: watchInterruption(process, Date.now),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  });
} catch (error) {
  process.exitCode = reportFailure(error, process);
}
