// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0

// The anchor log read by Go's own library for transparency logs (golang.org/x/mod/sumdb), which checks every hash it is given:
// the checkpoint's signature, each entry's place, and that the log only grew. usage: tlog_client URL VERIFIER-KEY
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var bad = false

func claim(name string, holds bool, detail any) {
	if holds {
		fmt.Println("ok go: " + name)
		return
	}
	fmt.Printf("not ok go: %s (%v)\n", name, detail)
	bad = true
}

func get(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != 200 {
		err = fmt.Errorf("%s: %s", url, answer.Status)
	}
	return body, err
}

// pages gives tiles from where tlog-tiles puts them: Go's paths name the height too.
type pages struct{ url string }

func (p pages) Height() int { return 8 }
func (p pages) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, tile := range tiles {
		body, err := get(p.url + strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		out = append(out, body)
	}
	return out, nil
}
func (p pages) SaveTiles([]tlog.Tile, [][]byte) {}

// entries splits a bundle: each behind its length, big-endian.
func entries(bundle []byte) (out [][]byte, whole bool) {
	for len(bundle) >= 2 {
		size := int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < 2+size {
			return out, false
		}
		out = append(out, bundle[2:2+size])
		bundle = bundle[2+size:]
	}
	return out, len(bundle) == 0
}

func main() {
	url, key := os.Args[1]+"/log/", os.Args[2]
	verifier, err := note.NewVerifier(key)
	claim("the verifier key is one", err == nil, err)
	if err != nil {
		os.Exit(1)
	}
	text, err := get(url + "checkpoint")
	claim("the checkpoint is there", err == nil, err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	claim("the checkpoint's signature verifies", err == nil, err)
	if err != nil {
		os.Exit(1)
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	claim("the checkpoint names the log and its size", err == nil && lines[0] == verifier.Name(), lines)
	rootBytes, err := base64.StdEncoding.DecodeString(lines[2])
	claim("the checkpoint names a root", err == nil && len(rootBytes) == tlog.HashSize, lines)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], rootBytes)
	reader := tlog.TileHashReader(tree, pages{url})

	bundle, err := get(fmt.Sprintf("%stile/entries/000.p/%d", url, size))
	claim("the entries are there", err == nil, err)
	list, whole := entries(bundle)
	claim("as many entries as the checkpoint says", whole && int64(len(list)) == size, len(list))
	for i, entry := range list {
		proof, err := tlog.ProveRecord(size, int64(i), reader)
		if err == nil {
			err = tlog.CheckRecord(proof, size, tree.Hash, int64(i), tlog.RecordHash(entry))
		}
		claim(fmt.Sprintf("entry %d of %d stands in the tree", i, size), err == nil, err)
	}
	for old := int64(1); old < size; old++ {
		oldHash, err := tlog.TreeHash(old, reader)
		var proof tlog.TreeProof
		if err == nil {
			proof, err = tlog.ProveTree(size, old, reader)
		}
		if err == nil {
			err = tlog.CheckTree(proof, size, tree.Hash, old, oldHash)
		}
		claim(fmt.Sprintf("the log grew from %d to %d entries", old, size), err == nil, err)
	}
	_, err = get(fmt.Sprintf("%stile/0/000.p/%d", url, size+1))
	claim("a tile that is not there is not made up", err != nil, "it came")
	if bad {
		os.Exit(1)
	}
}
