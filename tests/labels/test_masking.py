import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.masking import mask_address, mask_name, mask_phone

HAN_NAMES = st.text(st.sampled_from("王李欧阳司马诸葛𠮷𪚥䶮㛃明"), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王𠮷", "王*"),
        ("𠮷", "*"),
        ("𠮷田", "𠮷*"),
        ("欧阳䶮", "欧阳*"),
        ("欧阳", "欧*"),
        ("诸葛明𠮷", "诸葛**"),
        ("阿卜杜拉·买买提", "阿*******"),
        ("王\U000e0100丽", "王*"),
        ("  李婷 ", "李*"),
        ("", ""),
    ],
)
def test_a_name_shows_its_family_name_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@settings(deadline=None)
@given(HAN_NAMES)
def test_at_least_one_character_of_any_name_is_hidden(name: str) -> None:
    masked = mask_name(name)
    assert "*" in masked
    assert len(masked) == len(name)
    assert masked[-1] == "*"


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138******78"),
        ("0715-8251234", "071*-*****34"),
        ("+86 138 1234 5678", "+86 1** **** **78"),
        ("１３８１２３４５６７８", "138******78"),
        ("8251234", "******4"),
        ("12345", "*****"),
        ("微信 wang138", "** *******"),
        ("0715-8251234 转 305", "071*-******* 转 *05"),
        ("", ""),
    ],
)
def test_a_phone_keeps_three_and_two_digits_at_most(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@settings(deadline=None)
@given(st.text("0123456789- 转+()", max_size=30))
def test_six_digits_or_all_of_them_are_hidden_in_any_phone(phone: str) -> None:
    digits = sum(c.isdigit() for c in phone)
    assert mask_phone(phone).count("*") >= min(6, digits)


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("咸安区银泉大道588号市民之家3楼305室", "咸安区银泉大道588号市民之家3楼**室"),
        ("人民东路189号2单元1201室", "人民东路189号**单元**室"),
        ("温泉街道桂花小区5栋十二单元", "温泉街道桂花小区5栋**单元"),
        ("桂花小区5栋1201", "桂花小区5栋**"),
        ("桂花小区3-2-1201", "桂花小区**"),
        ("桂花小区3-2-1201（送前电话）", "桂花小区**（送前电话）"),
        ("桂花小区A座1201房", "桂花小区A座**房"),
        ("永安大道１２号３０５室", "永安大道１２号**室"),
        ("湖北省咸宁市咸安区银泉大道588-1号", "湖北省咸宁市咸安区银泉大道588-1号"),
        ("咸安区银泉大道588", "咸安区银泉大道588"),
        ("咸安区三房巷12号", "咸安区三房巷12号"),
        ("咸宁市住房保障中心", "咸宁市住房保障中心"),
    ],
)
def test_an_address_loses_unit_and_room_and_keeps_what_the_postman_needs(address: str, masked: str) -> None:
    assert mask_address(address) == masked
