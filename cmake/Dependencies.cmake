# SPDX-License-Identifier: MIT
# All from Debian 12 packages (see `./dev setup`); lib/README.md says why each is here.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url)      # Beast (headers), URL
find_package(nlohmann_json 3.11 REQUIRED)
find_package(simdjson 3.0 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(spdlog REQUIRED)
find_package(EXPAT REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)          # core only
find_package(SQLite3 3.40 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(doctest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis)
