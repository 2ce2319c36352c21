// The texts of the interface in both languages, and what of the one is left on a screen of the other.

import { Page } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(__dirname, '../app/model/messages');

/** Every text of a language; a placeholder matches anything. */
export function texts(language: string): string[] {
  const folder = path.join(FOLDER, language);
  const lines = readdirSync(folder).flatMap((file) => readFileSync(path.join(folder, file), 'utf8').split('\n'));
  return lines.flatMap((line) => [...line.replace(/^\w+ = /, '').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((found) => JSON.parse(found[0]) as string));
}

const portuguese = new Set(texts('pt-BR'));
const english = texts('en').filter((text) => !portuguese.has(text) && text.replace(/\{\w+\}/g, '').trim().length > 1);
const patterns = english.map((text) => new RegExp(`^${text.split(/\{\w+\}/).map((piece) => piece.replace(/[.*+?^$()|[\]\\]/g, '\\$&')).join('.+')}$`));

/** What a screen says in English, and placeholders that nothing was put into. `theirs` are words that people wrote. */
export async function leftInEnglish(page: Page, theirs: RegExp): Promise<string[]> {
  const said = await page.evaluate(() => {
    const all: string[] = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement!;
      if (!parent.closest('script, style, option, .body, iframe')) all.push(walker.currentNode.textContent!);
    }
    for (const option of document.querySelectorAll('select:not([name=language]) option')) all.push(option.textContent!);
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
      for (const element of document.querySelectorAll(`[${name}]`)) all.push(element.getAttribute(name)!);
    return [...new Set(all.map((text) => text.trim()).filter((text) => text !== ''))];
  });
  return said.filter((text) => /\{\w+\}/.test(text) || (!theirs.test(text) && patterns.some((pattern) => pattern.test(text))));
}

/** Labels that do not fit where they stand. */
export async function cut(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, .button, summary, nav a, label, legend, h1, h2, dt, .chip, .segments > *')]
      .filter((one) => one.offsetParent && !one.classList.contains('visually-hidden') && one.clientWidth > 1)
      .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible' && getComputedStyle(one).display !== 'inline')
      .map((one) => `${one.textContent!.trim()} (${one.scrollWidth} in ${one.clientWidth})`),
  );
}
