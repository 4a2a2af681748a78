"""`mesodash encrypt`: a plain clinic becomes an encrypted one that the other commands read."""

from tests.cli.test_audit import run


def test_encrypt_and_go_on(empty_clinic, tmp_path, capsys, monkeypatch):
    key, sealed = tmp_path / "clinic.key", tmp_path / "sealed.db"

    code, out, _ = run(capsys, "encrypt", "--db", empty_clinic, "--to", sealed, "--key", key)

    assert code == 0
    assert out.startswith(f"Made the key {key}")
    assert run(capsys, "check", "--db", sealed)[0] == 5
    monkeypatch.setenv("MESODASH_DB_KEY_FILE", str(key))
    assert run(capsys, "check", "--db", sealed)[0] == 0
    assert run(capsys, "audit", "verify", "--db", sealed)[0] == 0
