/** What is expected in the place of what lies there; a noun. */
export const EXPORTED = 'a model that was exported to ONNX';

/** What models are kept in, other than ONNX. */
export interface Format {
  /** As a noun in the plural. */
  readonly name: string;
  readonly file: RegExp;
}

export const PYTORCH: Format = {
  name: 'PyTorch weights',
  file: /\.(safetensors|ckpt|pth?)$|(^|\/)(((open_clip_|diffusion_)?pytorch_|adapter_)?model[\w.-]*|[\w.-]*(learned_embeds|ip-adapter|pytorch_lora)[\w.-]*)\.bin$/i,
};

/** In the order in which a folder that holds several is told of them. */
export const FORMATS: readonly Format[] = [
  PYTORCH,
  { name: 'Flax weights', file: /\.msgpack$/i },
  { name: 'TensorFlow weights', file: /\.h5$|(^|\/)saved_model\.pb$|\.keras$|\.ckpt\.index$/i },
  { name: 'a GGUF model', file: /\.(gguf|ggml)$/i },
  { name: 'a DDUF archive', file: /\.dduf$/i },
  { name: 'MLX weights', file: /(^|\/)weights[\w.-]*\.npz$/i },
  {
    name: 'an OpenVINO model',
    file: /openvino[\w.-]*\.(xml|bin)$|(^|\/)[\w.-]*(model|unet|transformer|vae|text|vision|image|clip)[\w.-]*\.xml$/i,
  },
  { name: 'a Core ML model', file: /\.(mlmodel|mlpackage|mlmodelc)(\/|$)/i },
  { name: 'a TensorFlow Lite model', file: /\.tflite$/i },
  { name: 'a TensorRT engine', file: /\.(engine|trt|plan)$/i },
  { name: 'an ONNX Runtime model', file: /\.ort$/i },
  { name: 'a MNN or ncnn model', file: /\.(mnn|param)$/i },
];

/** The weights of other frameworks in a folder, in the order of FORMATS. */
export function otherFormats(files: readonly string[]): { name: string; files: string[] }[] {
  return FORMATS.map(({ name, file }) => ({ name, files: files.filter((one) => file.test(one)) })).filter(
    (format) => format.files.length > 0,
  );
}

/** First bytes of models in other formats, whatever their names say. */
const MAGICS: readonly (readonly [name: string, at: number, bytes: string])[] = [
  ['a GGUF model', 0, 'GGUF'],
  ['a TensorFlow Lite model', 4, 'TFL3'],
  ['an ONNX Runtime model (.ort)', 4, 'ORTM'],
  ['PyTorch weights (a pickle)', 0, '\x80\x02'],
];

/** What a file is that should be a graph, if it is a model in another format. */
export function modelFormat(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 16));
  const magic = MAGICS.find(([, at, text]) => head.toString('latin1').startsWith(text, at));
  if (magic) return magic[0];
  const isSafetensors = head.length > 9 && head[8] === 0x7b && head.readBigUInt64LE() <= BigInt(bytes.length);
  return isSafetensors ? 'PyTorch weights (safetensors)' : null;
}

export const isGraph = (file: string): boolean => /\.onnx$/i.test(file);
