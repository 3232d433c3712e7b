/** What systems, version control and training leave in a folder, which is no part of any checkpoint. */
export const LITTER = [
  '.gitattributes',
  '.git/config',
  '.cache/huggingface/download/model.onnx.metadata',
  '.DS_Store',
  'unet/.DS_Store',
  '._model_index.json',
  '__MACOSX/unet/model.onnx',
  'unet/Thumbs.db',
  'desktop.ini',
  '__pycache__/a.cpython-311.pyc',
  'unet/model.onnx.part',
  'optimizer.pt',
] as const;
