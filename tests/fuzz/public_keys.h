// SPDX-License-Identifier: MIT
// Public keys whose private halves no fuzzer has a way to: those of the examples in RFC 7515 (appendices A.2,
// A.3) and RFC 8037 (A.1), and one of P-384 whose private half was thrown away. For the fuzz targets alone;
// constant.
#pragma once

#include <string_view>

inline constexpr std::string_view k_public_keys = R"({"keys":[
{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"},
{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
{"kty":"EC","crv":"P-384","x":"VNClwg-4-4i684UEsVXBx4jVh43KKTI9QUj4qcNj7YUxB_ZF9Cd2HaJs2qXJdUYo","y":"IFhnYBJ49v0PcNvO5EB7WojLpfyT5q6wl804XPBQHVE8hQFiee8KFgcsBx45LrHL"},
{"kty":"OKP","crv":"Ed25519","kid":"b","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
