// Preloaded into a process that is to end with the one that started it: when the parent is gone, so is the child.
if (process.channel) {
  process.channel.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
