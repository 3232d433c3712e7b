/** What a clone without Git LFS has in the place of a file. */
export const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0a'.repeat(32)}\nsize 3438\n`;

/** What a browser saves in the place of a file. */
export const WEB_PAGE = '<!DOCTYPE html>\n<html><head><title>model.onnx</title></head><body>Download</body></html>';
