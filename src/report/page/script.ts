/** The page's own script: it sorts tables, searches one, and opens what is folded before printing. */
export const SCRIPT = `
'use strict';
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
for (const table of document.querySelectorAll('table[data-sortable]')) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent.trim();
    head.textContent = '';
    head.append(button);
    button.addEventListener('click', () => {
      const isNumber = head.classList.contains('number');
      const before = head.getAttribute('aria-sort');
      const down = before === null ? isNumber : before === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const textOf = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const rows = [...body.rows].map((row) => ({ row, text: textOf(row) }));
      rows.sort((left, right) => {
        // What is not known stays at the end, whichever way the rest goes.
        if (left.text === '' || right.text === '') return (left.text === '') - (right.text === '');
        const order = isNumber ? Number(left.text) - Number(right.text) : collator.compare(left.text, right.text);
        return down ? -order : order;
      });
      body.append(...rows.map(({ row }) => row));
    });
  });
}
const search = document.querySelector('.search');
if (search !== null) {
  const input = search.querySelector('input');
  const output = search.querySelector('output');
  const rows = [...document.getElementById(input.getAttribute('aria-controls')).tBodies[0].rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const number = new Intl.NumberFormat('en');
  const find = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    let found = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => texts.get(row).includes(word));
      if (!row.hidden) found += 1;
    }
    output.textContent = number.format(found) + ' of ' + number.format(rows.length) + ' rows';
  };
  input.addEventListener('input', find);
  search.hidden = false;
  find();
}
const folded = [...document.querySelectorAll('details:not([open])')];
addEventListener('beforeprint', () => folded.forEach((details) => { details.dataset.was = details.open; details.open = true; }));
addEventListener('afterprint', () => folded.forEach((details) => { details.open = details.dataset.was === 'true'; }));
`;
