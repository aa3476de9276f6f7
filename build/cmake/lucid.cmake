# SPDX-FileCopyrightText: Lucid contributors
# SPDX-License-Identifier: Apache-2.0
#
# The few functions by which every module declares itself:
#   lucid_library(rdp_proto LAYER 1 SOURCES a.cpp b.cpp DEPS lucid_common PRIVATE_DEPS OpenSSL::Crypto)
#   lucid_test(rdp_proto SOURCES a_test.cpp DEPS lucid_rdp_proto)        -> ctest "rdp_proto"
#   lucid_fuzz(tpkt SOURCES tpkt_fuzz.cpp DEPS lucid_rdp_proto)          -> fuzz_tpkt (preset fuzz only)
#   lucid_bench(verify SOURCES verify_bench.cpp DEPS lucid_sessions_format)
# Folder = target = include path = namespace: lucid/rdp/proto is lucid_rdp_proto, <lucid/rdp/proto/..>, lucid::rdp::proto.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
# Asserts of our own stay on in every build (LUCID_ASSERT does not look at NDEBUG).
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")

set(LUCID_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, comma separated")
option(LUCID_FUZZ "Build libFuzzer targets" OFF)

find_program(LUCID_CCACHE ccache)
if(LUCID_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${LUCID_CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${LUCID_CCACHE})
endif()
find_program(LUCID_MOLD mold)
if(LUCID_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_link_options(-fuse-ld=mold)
elseif(LUCID_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Wno-sign-conversion -Werror
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
                    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 reports false positives from inlined std::vector and std::string code.
    add_compile_options(-Wno-stringop-overflow -Wno-array-bounds -Wno-maybe-uninitialized
                        -Wno-restrict -Wno-missing-field-initializers -Wno-stringop-overread)
else()
    add_compile_options(-Wno-missing-designated-field-initializers -Wno-missing-field-initializers)
endif()
if(LUCID_SANITIZE)
    add_compile_options(-fsanitize=${LUCID_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${LUCID_SANITIZE})
    if(LUCID_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize-recover=all)
    endif()
else()
    add_compile_options(-fstack-protector-strong)
    add_compile_definitions($<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
    add_link_options(-Wl,-z,relro,-z,now)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SECP256K1 REQUIRED IMPORTED_TARGET libsecp256k1)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
find_package(fmt REQUIRED)
find_library(LUCID_LMDB lmdb REQUIRED)
find_library(LUCID_GMP gmp REQUIRED)

function(lucid_library name)
    cmake_parse_arguments(ARG "" "LAYER" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
    if(NOT DEFINED ARG_LAYER)
        message(FATAL_ERROR "lucid_library(${name}): say its LAYER")
    endif()
    set(target lucid_${name})
    if(ARG_SOURCES)
        add_library(${target} STATIC ${ARG_SOURCES})
        target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
        target_link_libraries(${target} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
    else()
        add_library(${target} INTERFACE)
        target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR})
        target_link_libraries(${target} INTERFACE ${ARG_DEPS})
    endif()
    set_property(GLOBAL APPEND PROPERTY LUCID_LAYER_${ARG_LAYER} ${target})
endfunction()

function(lucid_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
    set(target test_${name})
    add_executable(${target} ${ARG_SOURCES})
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gtest_main Threads::Threads)
    # Conformance data made by others lies beside the project; tests skip, counted, where it is absent.
    target_compile_definitions(${target} PRIVATE
        LUCID_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        LUCID_CONFORMANCE_DIR="${CMAKE_SOURCE_DIR}/../shared/conformance")
    add_test(NAME ${name} COMMAND ${target})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

function(lucid_fuzz name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
    set(target fuzz_${name})
    add_executable(${target} ${ARG_SOURCES})
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(${target} PRIVATE ${ARG_DEPS})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
endfunction()

function(lucid_bench name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
    find_package(benchmark REQUIRED)
    set(target bench_${name})
    add_executable(${target} ${ARG_SOURCES})
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${target} PRIVATE ${ARG_DEPS} benchmark::benchmark Threads::Threads)
endfunction()

# Coverage-guided fuzzing needs the counters in the libraries too.
if(LUCID_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
