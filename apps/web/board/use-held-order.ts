'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import { held, idsOf, type Row, sameOrder } from './order.ts';

/** A finger that touched the table counts as a pointer over it for this long, in milliseconds. */
const TOUCH_LINGERS = 6000;

/**
 * Keeps rows where they are while the reader points at the table or is in it with the keyboard: nothing moves under the
 * pointer. `key` changes when the reader asks for another order, which is applied at once.
 */
export function useHeldOrder(
  wanted: readonly Row[],
  key: string,
  table: RefObject<HTMLElement | null>,
): { rows: readonly Row[]; waiting: boolean; apply: () => void } {
  const busy = useReaderInside(table);
  const [shown, setShown] = useState(() => ({ key, ids: idsOf(wanted) }));
  const kept = shown.key === key ? held(wanted, shown.ids) : wanted;
  const moved = !sameOrder(kept, wanted);
  const rows = moved && !busy ? wanted : kept;
  const ids = idsOf(rows);
  const changed = shown.key !== key || ids.length !== shown.ids.length || ids.some((id, i) => id !== shown.ids[i]);
  // what is on the screen is what has to be kept the next time
  if (changed) setShown({ key, ids });
  return { rows, waiting: moved && busy, apply: () => setShown({ key, ids: idsOf(wanted) }) };
}

function useReaderInside(table: RefObject<HTMLElement | null>): boolean {
  const [inside, setInside] = useState(false);
  const pointer = useRef(false);
  useEffect(() => {
    const element = table.current;
    if (!element) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => setInside(pointer.current || element.querySelector(':focus-visible') !== null);
    const enter = (event: PointerEvent) => {
      clearTimeout(timer);
      pointer.current = true;
      tell();
      if (event.pointerType === 'touch') timer = setTimeout(leave, TOUCH_LINGERS);
    };
    const leave = (event?: PointerEvent) => {
      if (event?.pointerType === 'touch') return;
      pointer.current = false;
      tell();
    };
    const focus = () => setTimeout(tell);
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointerdown', enter);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('focusin', focus);
    element.addEventListener('focusout', focus);
    return () => {
      clearTimeout(timer);
      element.removeEventListener('pointerenter', enter);
      element.removeEventListener('pointerdown', enter);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('focusin', focus);
      element.removeEventListener('focusout', focus);
    };
  }, [table]);
  return inside;
}
