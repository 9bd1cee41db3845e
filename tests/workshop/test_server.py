"""The workshop over HTTP: who gets in, what counts, and that nothing of one person reaches another."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from workshop.rooms import A, B
from workshop.serving import Client, Served, at, decide, guess, served, until

from adoptsim.workshop import guard, host, server

pytestmark = pytest.mark.timeout(120)


# --- getting in


def test_the_code_lets_people_in_however_it_is_typed_and_nothing_else_does(site: Served):
    phone, code = site.client(), site.identity.code
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for typed in (wrong, "", code[:5], "Ω" * 6, "１２３４５６"):
        status, said = phone.post("/api/join", code=typed, nickname="Ana", team=None)
        assert (status, phone.cookies) == (403, {}), said
    assert phone.post("/api/join", code=f" {code[:3]}-{code[3:]} ", nickname="Ana", team=None)[0] == 200
    assert phone.view()["me"] == {"nickname": "Ana", "team": "Blue", "mates": []}


def test_who_tries_codes_must_wait_and_those_who_are_in_go_on(site: Served):
    inside, outside = site.joined("Ana"), site.client()
    tried = [outside.post("/api/join", code="000000", nickname="Eve", team=None)[0] for _ in range(40)]
    assert tried.count(403) <= 31 or site.identity.code == "000000"
    assert outside.post("/api/join", code=site.identity.code, nickname="Eve", team=None)[0] == 429
    assert inside.post("/api/join", code="", nickname="", team="Green")[0] == 200
    assert inside.view()["me"]["team"] == "Green"


def test_a_join_that_is_sent_twice_makes_one_person_with_one_cookie(site: Served):
    first, second, same = site.client(), site.client(), "a1b2c3d4e5f6a1b2c3d4e5f6"
    body = {"id": same, "code": site.identity.code, "nickname": "Ana", "team": None}
    with ThreadPoolExecutor(2) as both:
        assert {status for status, _ in both.map(lambda phone: phone.post("/api/join", **body), [first, second])} == {200}
    assert first.cookies == second.cookies
    assert first.view()["counts"]["joined"] == 1


def test_a_phone_that_is_in_joins_no_second_time(site: Served):
    phone = site.joined("Ana", "Blue")
    assert phone.post("/api/join", code=site.identity.code, nickname="Ana again", team="Orange")[0] == 200
    shown = phone.view()
    assert (shown["me"]["nickname"], shown["me"]["team"], shown["counts"]["joined"]) == ("Ana", "Orange", 1)


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(site: Served):
    phone, trainer = site.joined("Ana"), site.trainer()
    for line in (*phone.set_cookies, *trainer.set_cookies):
        assert "HttpOnly" in line
        assert "SameSite=strict" in line


def test_a_cookie_that_is_made_up_or_another_workshops_lets_nobody_in(site: Served, tmp_path: Path):
    phone = site.joined("Ana")
    (name, value), *_ = phone.cookies.items()
    ben = site.joined("Ben")
    person, _, seal = next(iter(ben.cookies.values())).rpartition(".")
    with served(tmp_path / "other.db") as other:
        theirs = next(iter(other.joined("Ana").cookies.values()))
    for forged in (
        value[:-1] + ("0" if value[-1] != "0" else "1"),
        f"{person}.{value.rpartition('.')[2]}",
        theirs,
        ".",
        "é",
        "",
    ):
        assert Client(site.port, {name: forged}).view()["me"] is None, forged
    assert seal


def test_a_seal_of_one_kind_is_none_of_another():
    seals = guard.Seals("00" * 32)
    assert seals.opened("person", seals.sealed("person", "facilitator")) == "facilitator"
    assert seals.opened("facilitator", seals.sealed("person", "facilitator")) == ""


# --- the trainer's secret


def test_without_the_secret_nobody_reaches_the_trainers_page_view_stream_or_actions(site: Served):
    participant = site.joined("Ana")
    projector = site.client()
    assert projector.get(f"/projector?key={site.identity.projector_key}")[0] == 200
    as_trainer = {name.replace("projector", "facilitator"): value for name, value in projector.cookies.items()}
    for browser in (site.client(), participant, projector, Client(site.port, as_trainer)):
        for path in ("/facilitator", "/facilitator?secret=", "/facilitator?secret=wrong", "/api/view?role=facilitator",
                     "/api/stream?role=facilitator", f"/facilitator?secret={site.identity.projector_key}"):  # fmt: skip
            assert browser.get(path)[0] == 403, path
        assert browser.post("/api/facilitator", action="next")[0] == 403
    assert participant.view()["phase"] == "lobby"
    for path in ("/projector", "/projector?key=wrong", "/api/view?role=projector", "/qr.svg"):
        assert participant.get(path)[0] == 403, path


def test_the_secret_opens_the_page_and_stays_in_no_address(site: Served):
    trainer = site.client()
    status, page = trainer.get(f"/facilitator?secret={site.identity.secret}")
    assert (status, b"url=/facilitator" in page) == (200, True)
    assert site.identity.secret.encode() not in page
    assert trainer.headers["referrer-policy"] == "no-referrer"
    assert trainer.get("/facilitator")[0] == 200
    assert trainer.get("/projector")[0] == 200
    assert trainer.get("/qr.svg")[1].startswith(b"<svg")


def test_nothing_that_a_participant_can_load_holds_a_secret_or_the_code(site: Served):
    phone = site.joined("Ana")
    files = [f"/static/{path.name}" for path in server.PAGES.iterdir()]
    for path in ("/", "/api/view", *files):
        _, page = phone.get(path)
        for secret in (site.identity.secret, site.identity.projector_key, site.identity.signing_key, site.identity.code):
            assert secret.encode() not in page, path


def test_the_page_to_which_a_refused_trainer_is_sent_is_there(site: Served):
    status, page = site.client().get("/refused")
    assert (status, b"This page is the trainer's." in page) == (403, True)


def test_who_tries_secrets_must_wait(site: Served):
    browser = site.client()
    tried = [browser.get(f"/facilitator?secret={number}")[0] for number in range(40)]
    assert tried[0] == 403
    assert tried[-1] == 429
    assert browser.get(f"/facilitator?secret={site.identity.secret}")[0] == 429


def test_no_secret_is_logged(site: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]):
    with caplog.at_level(logging.DEBUG):
        site.lead("next")
        site.joined("Ana").get("/facilitator?secret=wrong")
    said = caplog.text + "".join(capfd.readouterr())
    assert site.identity.secret not in said
    assert site.identity.code not in said
    assert "Ana" not in said


# --- what other sites and broken clients send


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "https://127.0.0.1"])
def test_an_action_from_another_sites_page_is_refused(site: Served, origin: str):
    trainer = site.trainer()
    body = json.dumps({"id": "a" * 24, "action": "next"}).encode()
    assert trainer.post_as("/api/facilitator", body, origin=origin or " ")[0] == 403
    assert trainer.view()["phase"] == "lobby"


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_a_form_can_send_is_refused(site: Served, kind: str):
    body = json.dumps({"id": "a" * 24, "action": "next"}).encode()
    assert site.trainer().post_as("/api/facilitator", body, content_type=kind or " ")[0] == 415


NO_ACTIONS = (b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 16_000, b'{"id": 1e999}', b'{"id": "short"}',
              b'{"id": "' + b"\\u0000" * 20 + b'"}')  # fmt: skip


@pytest.mark.parametrize("body", NO_ACTIONS)
def test_what_is_no_action_is_refused_in_words(site: Served, body: bytes):
    at(site, "predict")
    phone = site.joined("Ana")
    for path in ("/api/join", "/api/guess", "/api/decide"):
        status, said = phone.post_as(path, body)
        assert status == 400, said
        assert said["error"].endswith(".")


def test_a_body_that_is_too_large_is_refused_however_it_comes(site: Served):
    phone = site.joined("Ana")
    assert phone.post_as("/api/guess", b" " * 20_000)[0] == 413
    assert phone.post_as("/api/guess", (b" " * 1000 for _ in range(30)))[0] == 413  # in chunks, without a length


def test_a_body_that_never_ends_is_given_up(site: Served, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.2)

    def slow() -> Iterator[bytes]:
        yield b"{"
        time.sleep(1.0)
        yield b"}"

    assert site.joined("Ana").post_as("/api/guess", slow())[0] == 408


def test_a_name_that_is_not_this_machines_gets_no_answer(site: Served):
    phone = site.joined("Ana")
    assert phone.get("/", Host="evil.example")[0] == 421
    for ours in ("127.0.0.1:1", "localhost", "[::1]:8770", "laptop.local"):
        assert phone.get("/", Host=ours)[0] == 200


def test_every_answer_forbids_what_pages_do_not_need(site: Served):
    phone = site.client()
    for path in ("/", "/api/view", "/facilitator", "/static/live.js", "/nothing"):
        phone.get(path)
        assert "script-src 'self'" in phone.headers["content-security-policy"]
        assert "unsafe" not in phone.headers["content-security-policy"]
        assert phone.headers["x-content-type-options"] == "nosniff"


def test_no_page_holds_a_script_of_its_own_or_asks_another_site():
    for page in server.PAGES.glob("*.html"):
        text = page.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), page
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", text), page
        assert not re.search(r"\son\w+=", text), page


def test_files_outside_the_pages_are_not_served(site: Served):
    for path in ("/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py", "/static/"):
        assert site.client().get(path)[0] in (400, 404), path


def test_who_sends_too_often_waits_and_others_do_not(site: Served):
    at(site, "predict")
    ana, ben = site.joined("Ana"), site.joined("Ben")
    sent = [guess(ana)[0] for _ in range(60)]
    assert 429 in sent
    assert guess(ben)[0] == 200


# --- what counts


def test_an_answer_that_is_sent_twice_counts_once_and_the_last_answer_counts(site: Served):
    at(site, "predict")
    phone = site.joined("Ana")
    first = guess(phone, "yes", id="a" * 24)
    assert guess(phone, "no", id="b" * 24)[0] == 200
    assert guess(phone, "yes", id="a" * 24)[0] == first[0] == 200
    assert site.host.state.guesses_on(0, "lasts") == ["no"]


def test_one_persons_id_of_an_action_does_not_hide_anothers(site: Served):
    at(site, "predict")
    for phone in (site.joined("Ana"), site.joined("Ben")):
        assert guess(phone, "yes", id="a" * 24)[0] == 200
    assert site.host.state.guesses_on(0, "lasts") == ["yes", "yes"]


def test_nobody_acts_for_another_team_or_person_whatever_they_send(site: Served):
    at(site, "decide")
    blue, orange = site.joined("Ana", "Blue"), site.joined("Cem", "Orange")
    other = next(iter(orange.cookies.values())).partition(".")[0]
    assert decide(blue, A, team="Orange", person=other)[0] == 200
    assert set(site.host.state.decisions) == {("Blue", 0)}
    assert orange.view()["decision"]["spent"] == 0


def test_who_has_not_joined_can_do_nothing(site: Served):
    at(site, "predict")
    assert guess(site.client())[0] == 401
    assert decide(site.client(), A)[0] == 401


def test_a_removed_person_is_out_at_once(site: Served):
    at(site, "predict")
    phone = site.joined("Ana")
    person = site.trainer().view("facilitator")["people"][0]["id"]
    site.lead("remove", person=person)
    assert guess(phone)[0] == 401
    assert (phone.view()["me"], bool(phone.view()["notice"])) == (None, True)


def test_the_trainer_leads_and_a_page_that_is_behind_does_not(site: Served):
    trainer = site.trainer()
    same = {"action": "next", "round": None, "phase": "lobby"}
    assert trainer.post("/api/facilitator", **same)[0] == 200
    status, said = trainer.post("/api/facilitator", **same)
    assert (status, "moved on" in said["error"]) == (409, True)
    assert trainer.post("/api/facilitator", action="show", screen=2, round=1, phase="introduce")[0] == 200
    assert trainer.view("projector")["screen"] == 2
    assert trainer.post("/api/facilitator", action="explode")[0] == 400


def test_over_the_budget_is_told_in_hours(site: Served):
    at(site, "decide")
    status, said = decide(site.joined("Ana"), A, B)
    assert (status, said["error"]) == (409, "This costs 21 hours, and the budget is 20.")


STRANGE = ("<img src=x onerror=alert(1)>", "'); DROP TABLE event;--", "\u202eanA", "A" * 5000, "Zo\u0308e\u0308",
           "\ud83d\ude00" * 40, "z" + "\u0300" * 900)  # fmt: skip


@pytest.mark.parametrize("nickname", STRANGE)
def test_a_strange_nickname_is_text_of_a_line(site: Served, nickname: str):
    phone = site.client()
    body = json.dumps({"id": "a" * 24, "code": site.identity.code, "nickname": nickname, "team": None}).encode()
    status, said = phone.post_as("/api/join", body)
    assert status == 200, said
    shown = phone.view()["me"]["nickname"]
    assert 0 < len(shown) <= 24
    assert "\u202e" not in shown
    assert phone.headers["content-type"] == "application/json"


# --- streams


def test_a_page_is_told_of_every_change_and_of_nothing_that_is_not_its_own(site: Served):
    ana, ben = site.joined("Ana", "Blue"), site.joined("Ben", "Orange")
    with ana.stream() as told, ben.stream() as bens:
        assert told()["phase"] == "lobby"
        at(site, "predict")
        until(lambda: told()["phase"] == "predict")
        until(lambda: bens()["phase"] == "predict")
        guess(ben, "no")
        guess(ana, "yes")
        until(lambda: told()["questions"][0]["answer"] == "yes")
        until(lambda: bens()["questions"][0]["answer"] == "no")


def test_many_changes_come_together(site: Served):
    at(site, "predict")
    ana = site.joined("Ana")
    with ana.stream() as told:
        told()
        phones = [site.joined(f"P{number}") for number in range(20)]
        for phone in phones:
            guess(phone)
        views = [told()]
        while views[-1]["version"] < site.host.state.version:
            views.append(told())
        assert len(views) < 40


def test_a_phone_is_told_at_once_of_what_it_shows_and_now_and_then_of_what_others_do(site: Served):
    at(site, "predict")
    ana, others = site.joined("Ana"), [site.joined(f"P{number}") for number in range(5)]
    with ana.stream() as told:
        views, began = [told()], time.monotonic()
        for number in range(30):
            guess(others[number % 5], number, "share")
            time.sleep(0.05)
        until(lambda: views.append(told()) or views[-1]["version"] == site.host.state.version)
        assert len(views) <= 2 + (time.monotonic() - began) / host.NUMBERS_SECONDS
        guess(ana, "yes")
        sent = time.monotonic()
        assert told()["questions"][0]["answer"] == "yes"
        assert time.monotonic() - sent < host.NUMBERS_SECONDS


def test_the_trainer_sees_who_is_there_and_who_has_gone(site: Served, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(host, "LOST_SECONDS", 0.2)
    ana, trainer = site.joined("Ana"), site.trainer()

    def here() -> bool:
        return bool(trainer.view("facilitator")["people"][0]["here"])

    assert not here()
    with ana.stream() as told:
        told()
        until(here)
    until(lambda: not here())


def test_one_phone_cannot_hold_every_connection(site: Served):
    ana = site.joined("Ana")
    with ana.stream() as a, ana.stream() as b, ana.stream() as c, ana.stream() as d, ana.stream() as e, ana.stream() as f:
        for told in (a, b, c, d, e, f):
            told()
        assert ana.get("/api/stream")[0] == 429
        assert site.joined("Ben").view()["me"]["nickname"] == "Ben"


def test_the_server_ends_while_pages_are_open(tmp_path: Path):
    with ExitStack() as pages:
        with served(tmp_path / "x.db") as site:
            told = [pages.enter_context(site.joined(f"P{number}").stream()) for number in range(5)]
            assert [one()["phase"] for one in told] == ["lobby"] * 5
            began = time.monotonic()
        assert time.monotonic() - began < 5
