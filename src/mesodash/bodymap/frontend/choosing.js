// What a click does to the choice, and which answers of the server are older than it.

export function toggled(chosen, item, several) {
  if (several) return chosen.includes(item) ? chosen.filter((other) => other !== item) : [...chosen, item];
  return chosen.length === 1 && chosen[0] === item ? [] : [item];
}

// Every choice carries a number that only grows, over reloads too: an answer to an earlier click
// must not undo a later one while that is still on its way.
export class Choice {
  constructor() {
    this.items = [];
    this.sent = 0;
  }

  take(items, seq) {
    if (seq < this.sent) return;
    this.sent = seq;
    this.items = items;
  }

  make(items) {
    this.sent = Math.max(Date.now(), this.sent + 1);
    this.items = items;
    return this.sent;
  }
}
