"""Cards on a terminal, with rich: colour where there is colour, word and shape everywhere."""

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .card import Card, Look

WIDTH = 76


def render(card: Card, source: str) -> RenderableType:
    """The card of one code; `source` is where it was read."""
    if card.look is Look.FOREIGN:
        return Text(f"┆ {source}: {card.word}. {card.do_next} ({card.code})", style="dim")
    style = f"{card.look.ink} on {card.look.ground}"
    lines: list[RenderableType] = [_head(card), Text("")]
    lines += [Text(card.do_next, style="bold"), Text("")]
    if card.person:
        status, name, term = card.person
        lines += [Text(status), Text(name, style="bold"), Text(term), Text("")]
    lines.append(_facts(card))
    if card.family:
        lines += [Text(""), *(Text(f"  {member}") for member in card.family)]
    if card.notices:
        lines += [Text(""), *(Text(f"• {notice}") for notice in card.notices)]
    lines += [Text(""), _foot(card, source)]
    return Padding(Group(*lines), (1, 2), style=style, expand=False)


def _head(card: Card) -> Table:
    table = Table.grid(padding=(0, 2))
    words = Text(f"\n{card.word}", style="bold")
    if card.detail:
        words.append(f"\n{card.detail}", style="not bold")
    table.add_row(Text("\n".join(card.look.shape)), words)
    return table


def _facts(card: Card) -> Table:
    table = Table.grid(padding=(0, 2))
    for label, value in card.facts:
        table.add_row(Text(label), Text(value, style="bold"))
    return table


def _foot(card: Card, source: str) -> Table:
    table = Table.grid(expand=True, padding=(0, 2))
    table.add_column(ratio=1)
    table.add_column(justify="right", vertical="bottom")
    table.add_row(Text(card.foot), Text(card.code, style="bold"))
    table.add_row(Text(source), Text(""))
    return table


def brief(card: Card, source: str) -> Text:
    """One line a code, for a long list."""
    mark = {"VALID": "✓", "ELSEWHERE": "→", "INVALID": "✕", "UNDETERMINED": "?"}
    text = Text()
    ground = f"{card.look.ink} on {card.look.ground}"
    text.append(f" {mark.get(card.look.name, '┆')} {card.word} ", style=ground)
    detail = (card.detail, *card.person[1:2], *card.person[0:1], *card.person[2:3])
    text.append("  " + " · ".join(filter(None, (*detail, source))))
    return text


def console(width: int | None = None) -> Console:
    """A console on standard output, at most as wide as a card reads well."""
    made = Console(highlight=False, soft_wrap=False, width=width)
    made.width = min(made.width, WIDTH) if made.is_terminal else WIDTH
    return made
