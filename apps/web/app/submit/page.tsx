import type { Metadata } from 'next';
import styles from '../../submit/submit.module.css';
import { Submit } from '../../submit/submit.tsx';

export const metadata: Metadata = { title: 'Submit a checkpoint' };

export default function SubmitPage() {
  return (
    <>
      <h1>Submit a checkpoint</h1>
      <p className="lead">
        Its folder is hashed in this browser, sent in pieces that can be resumed, inspected, and scored while you watch.
        The same from a terminal: <code>npx gdbench submit DIR --name NAME</code>
      </p>
      <div className={styles.layout}>
        <Submit />
        <aside className={styles.notes} aria-label="Good to know">
          <section>
            <h2>Layouts that are taken</h2>
            <ul>
              <li>
                <b>Latent diffusion, the ONNX export of diffusers</b>
                <code>model_index.json</code>, <code>scheduler/</code>, <code>tokenizer/</code>,{' '}
                <code>text_encoder/</code>, <code>unet/</code>, <code>vae_encoder/</code>; SDXL also{' '}
                <code>text_encoder_2/</code> and <code>tokenizer_2/</code>. LCM, AutoencoderTiny and the older exports
                without configs are taken too
              </li>
              <li>
                <b>Pixel-space diffusion</b>
                The same without <code>vae_encoder/</code>, and without a VAE in <code>model_index.json</code>
              </li>
              <li>
                <b>Dual encoder, a CLIP, SigLIP, ALIGN or Jina CLIP export</b>
                <code>config.json</code>, <code>preprocessor_config.json</code>, a tokenizer, and{' '}
                <code>model.onnx</code> or <code>text_model.onnx</code> with <code>vision_model.onnx</code>, at the root
                or under <code>onnx/</code>
              </li>
              <li>
                <b>Dual encoder of open_clip</b>
                <code>textual/</code> and <code>visual/</code> as immich lays them out, or{' '}
                <code>open_clip_config.json</code>, a tokenizer and the graphs
              </li>
              <li>
                <b>Matching head, a BLIP or BLIP-2 export</b>
                The same files, with one <code>model.onnx</code> that gives <code>itm_score</code>, or the two logits
                under another name
              </li>
            </ul>
          </section>
          <section>
            <h2>What happens to the files</h2>
            <p>
              They are kept by their sha256: a file that is already here is not sent again. They are opened by the
              inspection and the scoring alone, and are not given out. The board shows the name, the kind, the size and
              the scores.
            </p>
          </section>
          <section>
            <h2>If it is cut off</h2>
            <p>Choose the same folder again, with the same name: it goes on where it stopped.</p>
          </section>
          <section>
            <h2>For this machine only, for now</h2>
            <p>There are no accounts yet, so everything listens on this machine alone and nobody else can reach it.</p>
          </section>
        </aside>
      </div>
    </>
  );
}
