"""The fixed texts of the model card, in Korean and English."""

from fdc.locale import Language

TEXTS: dict[str, dict[Language, str]] = {
    "kind": {"ko": "모델 카드", "en": "Model card"},
    "result": {"ko": "결과", "en": "Result"},
    "better": {"ko": "기준보다 나음", "en": "Better than the baseline"},
    "not_better": {"ko": "기준보다 낫다고 할 수 없음", "en": "Not shown to beat the baseline"},
    "metrics": {"ko": "시험 사진에서의 지표", "en": "Metrics on the test photos"},
    "metric": {"ko": "지표", "en": "Metric"},
    "value": {"ko": "값", "en": "Value"},
    "range": {"ko": "95% 신뢰구간", "en": "95% interval"},
    "baseline": {"ko": "상수 기준", "en": "Constant answer"},
    "baseline_note": {
        "ko": "상수 기준: 사진을 보지 않고 언제나 같은 답을 할 때 얻을 수 있는 가장 좋은 값."
        " 신뢰구간은 사람(또는 중복 사진) 묶음을 다시 뽑아 구했습니다.",
        "en": "Constant answer: the best that can be had by always giving the same answer without"
        " a look at the photo. Intervals come from a bootstrap over groups (one person, or copies"
        " of one photo).",
    },
    "metric_accuracy": {"ko": "정확도", "en": "Accuracy"},
    "metric_balanced_accuracy": {"ko": "균형 정확도", "en": "Balanced accuracy"},
    "metric_macro_f1": {"ko": "매크로 F1", "en": "Macro F1"},
    "metric_log_loss": {"ko": "로그 손실", "en": "Log loss"},
    "metric_one_off_accuracy": {"ko": "한 단계 이내 정확도", "en": "Within one class"},
    "metric_mae": {"ko": "평균 절대 오차", "en": "Mean absolute error"},
    "metric_rmse": {"ko": "평균 제곱근 오차", "en": "Root mean squared error"},
    "metric_r2": {"ko": "결정 계수 R²", "en": "R²"},
    "metric_within_5": {"ko": "5 이내 비율", "en": "Within 5"},
    "metric_bias": {"ko": "평균 치우침(예측 − 실제)", "en": "Bias (predicted − true)"},
    "metric_calibration": {"ko": "기대 보정 오차", "en": "Expected calibration error"},
    "slices": {"ko": "부분별 결과", "en": "Parts of the photos"},
    "slice": {"ko": "부분", "en": "Part"},
    "photos": {"ko": "사진", "en": "Photos"},
    "groups": {"ko": "묶음", "en": "Groups"},
    "rest": {"ko": "나머지", "en": "All others"},
    "note": {"ko": "비고", "en": "Note"},
    "worse": {"ko": "눈에 띄게 나쁨", "en": "clearly worse"},
    "small": {"ko": "사진이 적음", "en": "few photos"},
    "data": {"ko": "데이터", "en": "Data"},
    "all_photos": {"ko": "모든 사진", "en": "All photos"},
    "used": {"ko": "쓴 사진", "en": "Used"},
    "unlabelled": {"ko": "라벨이 없거나 범위 밖", "en": "Without a label of this task"},
    "set_aside": {"ko": "격리한 사진", "en": "Set aside (quarantine)"},
    "independent": {"ko": "서로 겹치지 않는 묶음", "en": "Independent groups"},
    "sources": {"ko": "출처", "en": "Sources"},
    "label": {"ko": "분류", "en": "Class"},
    "train": {"ko": "학습", "en": "Training"},
    "validation": {"ko": "검증", "en": "Validation"},
    "test": {"ko": "시험", "en": "Test"},
    "total": {"ko": "합계", "en": "Total"},
    "rule": {"ko": "격리 규칙", "en": "Rule of quarantine"},
    "recipe": {"ko": "사진을 다루는 방법", "en": "How a photo is prepared"},
    "training": {"ko": "탐색과 학습", "en": "Search and training"},
    "figures": {"ko": "그림", "en": "Figures"},
    "limits": {"ko": "사용의 한계", "en": "Limits of use"},
    "limit_data": {
        "ko": "이 숫자는 위의 데이터와 같은 종류의 사진에서만 뜻이 있습니다. 다른 카메라, 조명,"
        " 나이대, 인종의 사진에서는 더 나쁠 수 있습니다.",
        "en": "These figures hold for photos like those above. On other cameras, in other light,"
        " for other ages or ethnicities it may do worse.",
    },
    "limit_label": {
        "ko": "모델은 사진에 붙은 라벨을 배웠을 뿐입니다. 라벨이 사람의 의견(예: 퍼스널 컬러)이거나"
        " 두 값뿐(예: 성별)이면 답도 그렇습니다. 그 사람에 대한 사실이 아닙니다.",
        "en": "The model has learnt the labels of photos. Where labels are opinions (as of personal"
        " colour) or know two values only (as of gender), so do its answers. They are no facts"
        " about a person.",
    },
    "limit_people": {
        "ko": "사람에 대한 결정(채용, 출입, 연령 확인, 치안)에 쓰지 마십시오. 누구인지 알아내는"
        " 데도 쓸 수 없습니다.",
        "en": "Not for decisions about people (hiring, access, proof of age, policing), and not"
        " for finding out who someone is.",
    },
    "limit_slices": {
        "ko": "‘눈에 띄게 나쁨’이나 ‘사진이 적음’으로 표시된 부분의 답은 믿지 마십시오.",
        "en": "Do not rely on answers for the parts that are marked as clearly worse or as few.",
    },
    "limit_consent": {
        "ko": "사진 속 사람의 동의를 받고, 데이터의 이용 조건(연구용 등)을 지키십시오.",
        "en": "Have the consent of whoever is in a photo, and keep to the licence of the data (such"
        " as research only).",
    },
}
