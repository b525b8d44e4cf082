"""Branches fork the store, and meet again."""

from __future__ import annotations

import itertools

import pytest

from logitlint.frameworks.vocabulary import Layer
from logitlint.inference.joining import MOST_MADE, MOST_OPTIONS, alternatives, join, join_tensors, merged, of_each
from logitlint.inference.store import CONTENTS, Branch, Entries, Item, Items, Store, join_stored, merge
from logitlint.inference.values import (
    Alternatives,
    Cause,
    Condition,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Option,
    Origin,
    Tensor,
    Unknown,
    Value,
)
from logitlint.kinds import Kind

numbers = itertools.count(1000)
YES, NO = Condition(7, True, "flag"), Condition(7, False, "not flag")
THEN, ELSE = frozenset({YES}), frozenset({NO})
ALWAYS: frozenset[Condition] = frozenset()


def fresh() -> int:
    return next(numbers)


def tensor(kind: Kind = Kind.LOGITS, **facts: object) -> Tensor:
    return Tensor(kind, fresh(), **facts)  # type: ignore[arg-type]


def layer(name: str = "lib.Layer") -> LibraryObject:
    return LibraryObject(Layer(name=name, init=""), fresh(), Origin("file", 0))


def nobody() -> Unknown:
    return Unknown(fresh(), Cause("nobody knows"))


# -- cells ------------------------------------------------------------------------------------------------------------


def test_a_fork_sees_what_was_before_and_keeps_its_changes() -> None:
    base = Store()
    base.cells[1, "x"] = Literal(1)
    fork = base.fork(fresh())
    assert fork.get((1, "x")) == Literal(1)
    fork.cells[1, "x"] = Literal(2)
    fork.cells[1, "y"] = Literal(3)
    assert base.get((1, "x")) == Literal(1)
    assert base.get((1, "y")) is None
    assert fork.everything() == {(1, "x"): Literal(2), (1, "y"): Literal(3)}


def test_changes_of_several_forks_the_last_first() -> None:
    base = Store()
    first = base.fork(5)
    first.cells[1, "x"] = Literal(1)
    first.cells[1, "y"] = Literal(1)
    second = first.fork(9)
    second.cells[1, "x"] = Literal(2)
    assert second.changes(base) == ({(1, "x"): Literal(2), (1, "y"): Literal(1)}, 5)
    assert first.changes(base) == ({(1, "x"): Literal(1), (1, "y"): Literal(1)}, 5)


def test_the_locals_of_a_call_that_is_over_are_dropped() -> None:
    base = Store()
    base.cells[4, "kept"] = Literal(0)
    fork = base.fork(fresh()).fork(fresh())
    fork.cells[4, "x"] = Literal(1)
    fork.cells[5, "x"] = Literal(2)
    fork.forget(4, base)
    assert fork.cells == {(5, "x"): Literal(2)}
    assert base.get((4, "kept")) == Literal(0)


def test_one_branch_is_taken_over_whole() -> None:
    base = Store()
    only = base.fork(fresh())
    only.cells[1, "x"] = Literal(1)
    only.version = marker = object()
    merge(base, [Branch(only, THEN)], fresh)
    assert base.get((1, "x")) == Literal(1)
    assert base.version is marker


def test_no_branch_changes_nothing() -> None:
    base = Store()
    merge(base, [], fresh)
    assert base.everything() == {}


def test_what_one_branch_changed_meets_what_was_before() -> None:
    base = Store()
    base.cells[1, "x"] = before = tensor(Kind.LOGITS)
    then, other = base.fork(100), base.fork(101)
    then.cells[1, "x"] = changed = tensor(Kind.SOFTMAX)
    merge(base, [Branch(then, THEN), Branch(other, ELSE)], fresh)
    met = base.get((1, "x"))
    assert isinstance(met, Tensor)
    assert met.kind == Kind.LOGITS | Kind.SOFTMAX
    assert met.number not in (before.number, changed.number)


def test_what_one_branch_made_is_kept_as_it_is() -> None:
    base = Store()
    then, other = base.fork(100), base.fork(101)
    then.cells[150, "x"] = made = layer()
    merge(base, [Branch(then, THEN), Branch(other, ELSE)], fresh)
    assert base.get((150, "x")) is made


def test_branches_may_meet_in_another_fork() -> None:
    base = Store()
    then, into = base.fork(100), base.fork(102)
    then.cells[1, "x"] = Literal(1)
    merge(base, [Branch(then, THEN)], fresh, into=into)
    assert into.get((1, "x")) == Literal(1)
    assert base.get((1, "x")) is None


def test_a_branch_that_changed_more_than_locals_makes_a_new_version() -> None:
    base = Store()
    then, other = base.fork(100), base.fork(101)
    merge(base, [Branch(then, THEN), Branch(other, ELSE)], fresh)
    assert base.version == 0
    then.version = object()
    merge(base, [Branch(then, THEN), Branch(other, ELSE)], fresh)
    assert base.version not in (0, then.version)


# -- containers -------------------------------------------------------------------------------------------------------


def test_lists_meet_element_by_element() -> None:
    soft, plain = tensor(Kind.SOFTMAX), tensor()
    met = join_stored([(Items((Item(soft),)), THEN), (Items((Item(plain), Item(plain))), ELSE)], fresh)
    assert isinstance(met, Items)
    first, rest = met.items
    assert isinstance(first.value, Tensor)
    assert first.value.kind == Kind.SOFTMAX | Kind.LOGITS
    assert rest == Item(plain, many=True)
    assert not met.exact


def test_behind_an_element_that_stands_for_many_nothing_has_a_position() -> None:
    many = Items((Item(Literal(1), many=True), Item(Literal(1))))
    met = join_stored([(many, THEN), (Items((Item(Literal(1)), Item(Literal(1)))), ELSE)], fresh)
    assert met == Items((Item(Literal(1), many=True),))


def test_dicts_meet_key_by_key() -> None:
    soft, plain, rest = tensor(Kind.SOFTMAX), tensor(), tensor(Kind.SIGMOID)
    met = join_stored([(Entries({"a": soft, "b": plain}), THEN), (Entries({"a": plain}, rest), ELSE)], fresh)
    assert isinstance(met, Entries)
    a, b = met.entries["a"], met.entries["b"]
    assert isinstance(a, Tensor)
    assert a.kind == Kind.SOFTMAX | Kind.LOGITS
    assert b is plain
    assert met.rest is rest


def test_a_list_and_a_dict_are_nothing_in_particular() -> None:
    met = join_stored([(Items(), THEN), (Entries({}), ELSE)], fresh)
    assert isinstance(met, Unknown)
    same = Items()
    assert join_stored([(same, THEN), (same, ELSE)], fresh) is same


def test_contents_meet_in_their_cell() -> None:
    base = Store()
    base.cells[3, CONTENTS] = Items((Item(Literal(1)),))
    then, other = base.fork(100), base.fork(101)
    then.cells[3, CONTENTS] = Items((Item(Literal(1)), Item(Literal(2))))
    merge(base, [Branch(then, THEN), Branch(other, ELSE)], fresh)
    assert base.get((3, CONTENTS)) == Items((Item(Literal(1)), Item(Literal(2), many=True)))


# -- values -----------------------------------------------------------------------------------------------------------


def test_the_same_value_stays_itself() -> None:
    value = layer()
    assert join([(value, THEN), (value, ELSE)], fresh) is value


def test_objects_stay_alternatives_each_with_its_choice() -> None:
    first, second = layer(), layer()
    assert join([(first, THEN), (second, ELSE)], fresh) == Alternatives((Option(first, THEN), Option(second, ELSE)))


def test_alternatives_within_alternatives_are_made_flat() -> None:
    first, second, third = layer(), layer(), layer()
    inner = join([(first, THEN), (second, ELSE)], fresh)
    outer = frozenset({Condition(8, True, "other")})
    met = join([(inner, outer), (third, ALWAYS)], fresh)
    assert isinstance(met, Alternatives)
    assert {(option.value, option.when) for option in met.options} == {
        (first, THEN | outer),
        (second, ELSE | outer),
        (third, ALWAYS),
    }


def test_an_object_met_on_both_sides_is_no_longer_chosen() -> None:
    first, second = layer(), layer()
    met = join([(first, THEN), (second, ELSE), (first, ELSE)], fresh)
    assert isinstance(met, Alternatives)
    assert Option(first, ALWAYS) in met.options


def test_tensors_beside_objects_are_one_alternative() -> None:
    made, soft, plain = layer(), tensor(Kind.SOFTMAX), tensor()
    met = join([(made, THEN), (soft, ELSE), (plain, ELSE)], fresh)
    assert isinstance(met, Alternatives)
    last = met.options[-1]
    assert isinstance(last.value, Tensor)
    assert last.value.kind == Kind.SOFTMAX | Kind.LOGITS
    assert last.when == ELSE
    alone = join([(made, THEN), (soft, ELSE)], fresh)
    assert alone == Alternatives((Option(made, THEN), Option(soft, ELSE)))


SOFT, PLAIN = frozenset({Condition(8, "soft", "soft")}), frozenset({Condition(8, "plain", "plain")})


def outputs(*kinds: Kind) -> Alternatives:
    return Alternatives(tuple(Option(tensor(kind), when) for kind, when in zip(kinds, (SOFT, PLAIN), strict=True)))


def kinds_of(value: Value) -> dict[frozenset[Condition], Kind]:
    assert isinstance(value, Alternatives)
    return {each.when: each.value.kind for each in value.options if isinstance(each.value, Tensor)}


def test_what_chosen_objects_gave_meets_choice_by_choice() -> None:
    first, second = outputs(Kind.SOFTMAX, Kind.LOGITS), outputs(Kind.SIGMOID, Kind.LOGITS)
    assert kinds_of(join([(first, THEN), (second, ELSE)], fresh)) == {
        SOFT: Kind.SOFTMAX | Kind.SIGMOID,
        PLAIN: Kind.LOGITS,
    }
    assert kinds_of(join([(first, THEN), (tensor(Kind.SIGMOID), ELSE)], fresh)) == {
        SOFT: Kind.SOFTMAX | Kind.SIGMOID,
        PLAIN: Kind.LOGITS | Kind.SIGMOID,
    }
    assert isinstance(join([(first, THEN), (nobody(), ELSE)], fresh), Unknown)


def test_of_another_choice_each_may_be_met() -> None:
    big, small = frozenset({Condition(9, True, "big")}), frozenset({Condition(9, False, "small")})
    other = Alternatives((Option(tensor(Kind.SIGMOID), big), Option(tensor(Kind.LOG_SOFTMAX), small)))
    met = kinds_of(join([(outputs(Kind.SOFTMAX, Kind.LOGITS), THEN), (other, ELSE)], fresh))
    assert met[SOFT] == Kind.SOFTMAX | Kind.SIGMOID | Kind.LOG_SOFTMAX
    assert met[big] == Kind.SOFTMAX | Kind.LOGITS | Kind.SIGMOID


def test_what_a_choice_rules_out_is_not_met_under_it() -> None:
    deep = SOFT | {Condition(9, True, "deep")}
    finer = Alternatives((Option(tensor(Kind.SIGMOID), deep), Option(tensor(), PLAIN)))
    met = kinds_of(join([(outputs(Kind.SOFTMAX, Kind.LOGITS), THEN), (finer, ELSE)], fresh))
    assert met[deep] == Kind.SOFTMAX | Kind.SIGMOID
    assert met[PLAIN] == Kind.LOGITS


def test_what_has_no_choice_of_its_own_is_not_met_under_that_of_another() -> None:
    given = Alternatives((Option(tensor(Kind.SOFTMAX), SOFT), Option(nobody(), ALWAYS)))
    assert kinds_of(join([(given, THEN), (tensor(Kind.SIGMOID), ELSE)], fresh)) == {SOFT: Kind.SOFTMAX | Kind.SIGMOID}


def test_a_choice_that_tells_nothing_apart_is_forgotten() -> None:
    first, second = outputs(Kind.SOFTMAX, Kind.SOFTMAX), outputs(Kind.LOGITS, Kind.LOGITS)
    assert isinstance(join([(first, THEN), (second, ELSE)], fresh), Tensor)


def test_a_choice_that_the_branches_make_is_none_of_the_objects() -> None:
    first = Alternatives((Option(tensor(Kind.SOFTMAX), THEN), Option(tensor(), ELSE)))
    assert isinstance(join([(first, THEN), (tensor(), ELSE)], fresh), Tensor)


def test_turns_of_a_loop_are_no_branches() -> None:
    first, second = outputs(Kind.SOFTMAX, Kind.LOGITS), outputs(Kind.SOFTMAX, Kind.LOGITS)
    assert isinstance(merged([first, second], fresh), Tensor)


def test_too_many_choices_are_forgotten() -> None:
    options = [
        Option(tensor(Kind.LOGITS if i else Kind.SOFTMAX), frozenset({Condition(8, str(i), "")}))
        for i in range(MOST_OPTIONS)
    ]
    rest = Alternatives((Option(tensor(), frozenset({Condition(9, True, "")})), *options[:1]))
    whole = Alternatives(tuple(options))
    assert isinstance(join([(whole, THEN), (tensor(), ELSE)], fresh), Alternatives)
    assert isinstance(join([(whole, THEN), (rest, ELSE)], fresh), Tensor)


def test_what_is_made_of_each_of_several_stays_chosen_where_objects_gave_it() -> None:
    given = outputs(Kind.SOFTMAX, Kind.LOGITS)
    made: list[Value] = [tensor(Kind.SIGMOID), tensor()]
    assert kinds_of(of_each(given, made, fresh)) == {SOFT: Kind.SIGMOID, PLAIN: Kind.LOGITS}
    held = Alternatives((Option(Container("tuple", fresh()), THEN), Option(tensor(), ELSE)))
    assert isinstance(of_each(held, made, fresh), Tensor)


def test_a_module_that_could_not_be_imported_is_not_used() -> None:
    library = LibraryName("torch")
    assert join([(library, ALWAYS), (Literal(None), ALWAYS)], fresh) == library
    both = join([(library, THEN), (Literal(3), ELSE)], fresh)
    assert isinstance(both, Alternatives)


def test_several_literals_are_not_known() -> None:
    assert isinstance(join([(Literal(1), THEN), (Literal(2), ELSE)], fresh), Unknown)


def test_too_many_objects_are_not_told_apart() -> None:
    options = [Option(layer(), ALWAYS) for _ in range(MOST_OPTIONS + 1)]
    assert isinstance(alternatives(options, fresh), Unknown)
    assert isinstance(alternatives(options[1:], fresh), Alternatives)


@pytest.mark.parametrize("values", [[], [Literal(1), Literal(2)], [Literal(1), nobody()]])
def test_alternatives_of_which_nothing_is_known_are_unknown(values: list[Value]) -> None:
    assert isinstance(alternatives([Option(value, ALWAYS) for value in values], fresh), Unknown)


def test_one_alternative_is_no_choice() -> None:
    value = layer()
    assert alternatives([Option(value, THEN), Option(value, ELSE)], fresh) is value


def test_something_unknown_makes_all_unknown_and_says_why() -> None:
    unknown, soft = nobody(), tensor(Kind.SOFTMAX)
    met = join_tensors([soft, unknown], fresh)
    assert isinstance(met, Unknown)
    assert met.cause == unknown.cause
    assert met.number != unknown.number
    assert join_tensors([unknown, nobody()], fresh) is unknown


def test_only_the_facts_that_all_share_survive() -> None:
    left = tensor(Kind.SOFTMAX, axis=1, units=3, low=0.0, high=1.0, rank=2, batched=True)
    right = tensor(Kind.SIGMOID, axis=1, units=4, low=-1.0, high=0.5, rank=3)
    met = join_tensors([left, right], fresh)
    assert isinstance(met, Tensor)
    assert (met.kind, met.axis, met.units) == (Kind.SOFTMAX | Kind.SIGMOID, 1, None)
    assert (met.low, met.high, met.rank, met.batched) == (-1.0, 1.0, None, False)
    free = join_tensors([left, tensor(Kind.LOGITS)], fresh)
    assert isinstance(free, Tensor)
    assert (free.low, free.high, free.axis) == (None, None, None)


def test_the_same_number_stays_the_same() -> None:
    one = Tensor(Kind.SOFTMAX, 5)
    met = join_tensors([one, Tensor(Kind.LOGITS, 5)], fresh)
    assert isinstance(met, Tensor)
    assert met.number == 5


def test_not_every_producer_is_remembered() -> None:
    many = [tensor(Kind.SOFTMAX, made=(object(),)) for _ in range(MOST_MADE + 3)]
    met = merged(many, fresh)
    assert isinstance(met, Tensor)
    assert len(met.made) == MOST_MADE


def test_a_copy_stays_what_it_is_and_shares_what_is_below() -> None:
    below = Store()
    store = Store(below).fork(1)
    assert store.parent is not None
    below.cells[0, "a"] = Literal(1)
    store.parent.cells[0, "b"] = Literal(2)
    store.cells[0, "c"] = Literal(3)
    store.parent.cells[0, "c"] = Literal(4)
    copied = store.copy(below)
    store.cells[0, "b"] = Literal(5)
    below.cells[0, "a"] = Literal(6)
    assert {name: copied.get((0, name)) for name in "abc"} == {"a": Literal(6), "b": Literal(2), "c": Literal(3)}
