// Command engine is kustomize-controller's build and the API server's server-side apply as two functions over linear
// memory: JSON in, newline-delimited JSON out. It has no network and no files but those its host gives it.
package main

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"unsafe"

	"k8s.io/apimachinery/pkg/util/json"
)

// softLimit is the heap size at which the collector starts to work harder; the host declares the hard one.
const softLimit = 160 << 20

// deepest is the stack at which a recursion over hostile input ends, instead of at Go's 250 MB.
const deepest = 64 << 20

func main() {}

func init() {
	debug.SetMemoryLimit(softLimit)
	debug.SetGCPercent(400)
	debug.SetMaxStack(deepest)
}

// held keeps what was handed to the host from the collector until it is freed.
var held = map[uint32][]byte{}

//go:wasmexport alloc
func alloc(size uint32) uint32 {
	return hold(make([]byte, size))
}

//go:wasmexport free
func free(address uint32) {
	delete(held, address)
}

//go:wasmexport build
func build(address, size uint32) uint64 {
	return answer(address, size, buildAnswer)
}

//go:wasmexport predict
func predict(address, size uint32) uint64 {
	return answer(address, size, predictAnswer)
}

// learn takes an OpenAPI v3 document behind its key and a line feed.
//
//go:wasmexport learn
func learn(address, size uint32) uint64 {
	return answer(address, size, learnAnswer)
}

// answer packs the address of the answer into the upper half of its result, and its length into the lower.
func answer(address, size uint32, reply func([]byte) []any) uint64 {
	request := held[address][:size]
	delete(held, address)
	var lines bytes.Buffer
	for _, line := range reply(request) {
		encoded, err := json.Marshal(line)
		if err != nil {
			encoded = fmt.Appendf(nil, `{"ok":false,"message":%q}`, err.Error())
		}
		lines.Write(encoded)
		lines.WriteByte('\n')
	}
	return uint64(hold(lines.Bytes()))<<32 | uint64(lines.Len())
}

func hold(data []byte) uint32 {
	if len(data) == 0 {
		data = make([]byte, 1)
	}
	address := uint32(uintptr(unsafe.Pointer(unsafe.SliceData(data))))
	held[address] = data
	return address
}
