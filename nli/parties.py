"""Who stands against whom: two holders, one holder with himself, a paraphrase with its quote."""

import unicodedata

from corpus.records import Claim
from nli.chronology import Order
from nli.records import Parties


def same_holder(left: Claim, right: Claim) -> bool:
    """Whether one holder makes both claims: the same name, or one name within the other with the same last word.

    Conservative: nobody is joined on a first name alone. Claims without a holder are nobody's.

    >>> from corpus.records import Holder
    >>> putin = Claim("1", "a", 0, 0, "", holder=Holder("Vladimir Putin"))
    >>> same_holder(putin, Claim("2", "b", 0, 0, "", holder=Holder("Putin")))
    True
    >>> same_holder(putin, Claim("3", "b", 0, 0, "", holder=Holder("Vladimir")))
    False
    """
    if left.holder is None or right.holder is None:
        return False
    one, other = _name(left.holder.name), _name(right.holder.name)
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return bool(shorter) and shorter[-1] == longer[-1] and set(shorter) <= set(longer)


def parties(left: Claim, right: Claim, order: Order) -> Parties:
    """One holder at one time, once quoted and once not, is a misquote; one holder otherwise a reversal."""
    if not same_holder(left, right):
        return Parties.DISPUTE
    if order is Order.TOGETHER and left.quoted != right.quoted:
        return Parties.MISQUOTE
    return Parties.REVERSAL


def _name(name: str) -> tuple[str, ...]:
    """Words without case, accents and leading article."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = "".join(each for each in plain if not unicodedata.combining(each)).replace("’", "'").split()
    return tuple(word.removesuffix("'s") for word in words if word not in {"the", "mr", "mrs", "ms", "dr"})
