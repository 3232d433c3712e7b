import type { ImageCheck } from '@gdbench/benchmark/load';

/**
 * The engine's own verdict on an image file: null when it decodes it. A file is decoded once, however many tasks show it.
 *
 * @param onChecked hears how many files were decoded so far.
 */
export async function imageCheck(onChecked: (done: number) => void = () => {}): Promise<ImageCheck> {
  const [{ decodeImage }, { ImageFault }] = await Promise.all([
    import('@gdbench/workers/engine/decode'),
    import('@gdbench/workers/engine/fault'),
  ]);
  const verdicts = new Map<string, Promise<string | null>>();
  let done = 0;
  const verdict = async (file: string): Promise<string | null> => {
    try {
      await decodeImage({ path: file });
      return null;
    } catch (error) {
      if (!(error instanceof ImageFault)) throw error;
      return `cannot be decoded (${error.why})`;
    } finally {
      onChecked(++done);
    }
  };
  return (file) => {
    const known = verdicts.get(file) ?? verdict(file);
    verdicts.set(file, known);
    return known;
  };
}
