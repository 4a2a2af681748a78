"""Finding protocols by area, indication and words."""

from mesodash.catalogue.types import EVIDENCE_ORDER
from mesodash.ui.protocols.protocol_list import find


def codes(found):
    return [protocol.code for protocol in found]


def test_all_are_found_best_evidence_first(catalogue):
    found = find(catalogue)

    assert sorted(codes(found)) == sorted(catalogue.protocols)
    ranks = [EVIDENCE_ORDER.index(protocol.evidence) for protocol in found]
    assert ranks == sorted(ranks)


def test_an_area_takes_in_what_lies_below(catalogue):
    assert set(codes(find(catalogue, area="abdomen"))) == {
        p.code for p in catalogue.protocols_at("abdomen")
    }


def test_indication_and_words_narrow(catalogue):
    assert codes(find(catalogue, indication="melasma")) == ["melasma_txa"]
    assert codes(find(catalogue, words="Caffeine carnitine")) == ["cellulite_mix"]
    assert codes(find(catalogue, area="scalp", words="caffeine")) == []
