// Preloaded into every process that `npm start` starts: when the parent is gone, so is the child.
if (process.channel) {
  process.channel.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
