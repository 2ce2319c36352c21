// A language that nobody speaks: the English catalogue with longer, accented words in brackets, put on a page as it stands. What has no
// brackets then was said by no catalogue. Knows the texts, no story.

import { Page } from '@playwright/test';
import { texts } from './catalogue';

const said = texts('en');
/** What stands around placeholders, and each word where it is a list of months or weekdays, without signs at its ends; the longest first. */
const known = [...new Set(said.flatMap((text) => (/^(\w{3,9} ){6,11}\w{3,9}$/.test(text) ? text.split(' ') : text.split(/\{\w+\}/))).map((text) => text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')))]
  .filter((text) => /\p{L}/u.test(text))
  .sort((a, b) => b.length - a.length);
/** The visitor's window is worded in each language, whichever the page is in. */
const others = texts('pt-BR');

/** Says everything on a page so but what people wrote (`theirs`); gives the texts of which something is left without brackets. */
export async function speak(page: Page, theirs: string[]): Promise<string[]> {
  return page.evaluate(({ said, known, others, theirs }) => {
    const any = (texts: string[]) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${texts.map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|')})(?![\\p{L}\\p{N}])`, 'gu');
    const exact = new Set(said);
    const [ours, people] = [any(known), any([...theirs].sort((a, b) => b.length - a.length))];
    const longer = (text: string) => `[${text.replace(/[aeiou]/gi, (vowel) => vowel + vowel.normalize('NFD') + '\u0301')}]`;
    const left = new Set<string>();
    const say = (text: string) => {
      if (text.includes('\u0301')) return text;
      if (exact.has(text.trim())) return longer(text);
      if (others.includes(text.trim())) return text;
      // what people wrote stands aside meanwhile
      const aside: string[] = [];
      const put = (one: string) => `\u0001${String.fromCharCode(0xe000 + aside.push(one) - 1)}\u0001`;
      const spoken = text.replace(/[\w.+-]+@[\w.-]+|https?:\S+/g, put).replace(people, put).replace(ours, longer);
      // nor are sizes said in any language
      if (/\p{L}/u.test(spoken.replace(/\[[^\]]*\]|\d [KM]?B\b/g, ''))) left.add(text.trim());
      return spoken.replace(/\u0001(.)\u0001/gu, (_, at: string) => aside[at.charCodeAt(0) - 0xe000]);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.parentElement!.closest('script, style, iframe, code, pre, kbd, textarea, mark, .avatar, [lang]:not(html)')) node.textContent = say(node.textContent!);
    }
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
      for (const one of document.querySelectorAll(`[${name}]`)) one.setAttribute(name, say(one.getAttribute(name)!));
    document.title = say(document.title);
    return [...left];
  }, { said, known, others, theirs });
}
