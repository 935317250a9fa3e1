package main

import (
	"errors"
	"path"
	"regexp"
	"strconv"
	"strings"
)

type failure struct {
	Reason   string `json:"reason"`
	Message  string `json:"message"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Variable string `json:"variable,omitempty"`
}

var errPathNotFound = errors.New("kustomization path not found")

// fileError is an error about an object of this file, relative to the artifact.
type fileError struct {
	file string
	error
}

func (e *fileError) Unwrap() error { return e.error }

const longest = 600

var (
	undefined = regexp.MustCompile(`variable not set \(strict mode\): "([^"]*)"`)
	remote    = regexp.MustCompile(`(?i)['"\[(\s]((?:git::|ssh://|https?://|git@|gh:|github\.com[:/])[^'"\s\])]*)`)
	noGit     = regexp.MustCompile(`no 'git' program on path`)
	mounted   = regexp.MustCompile(regexp.QuoteMeta(root) + `/[^'"\x60:,]*`)
	yamlLine  = regexp.MustCompile(`\bline (\d+)`)
	inFile    = regexp.MustCompile(`in File: (\S+)`)
	// The YAML parser counts these from 0 and all others from 1.
	fromZero = regexp.MustCompile(`did not find expected (node content|key|',' or|'-' indicator|<document start>)`)
)

// quoted are the parts of messages that quote objects, values and configurations, any of which may be secret.
var quoted = []struct {
	part *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`(?s)(in object |from: )\{.*`), "$1{…}"},
	{regexp.MustCompile(`(?s) with config: \x60.*?\n\x60`), ""},
	{regexp.MustCompile(`(?s) from \[patch: .*`), ""},
	{regexp.MustCompile(`(?s)(literal sources) \[.*`), "$1: one is not of the form key=value"},
	{regexp.MustCompile(`"[^"]*" is not a valid key name`), "a key name is not valid"},
	{regexp.MustCompile("cannot unmarshal (\\S+) `[^`]*`"), "cannot unmarshal $1"},
}

func failed(f *failure) []any {
	return []any{map[string]any{"ok": false, "failure": f}}
}

// explain turns the words of kustomize, envsubst and the YAML parsers into a reason and a place.
func explain(err error, fs *artifact, directory string) *failure {
	text := err.Error()
	f := &failure{Reason: "failed", Message: clean(text)}
	if match := undefined.FindStringSubmatch(text); match != nil {
		f.Reason, f.Variable = "undefined-variable", match[1]
	} else if errors.Is(err, errPathNotFound) {
		f.Reason = "path-not-found"
		return f
	} else if match := remote.FindStringSubmatch(masked(text)); match != nil || noGit.MatchString(text) {
		f.Reason, f.Message = "remote-base", remoteMessage(match)
	}
	f.File = fileOf(err, text, fs, directory)
	f.Line = lineOf(f, text, fs)
	return f
}

// fileOf is the last file that the message names and that exists; the file itself of one that does not is of no use.
func fileOf(err error, text string, fs *artifact, directory string) string {
	var about *fileError
	if errors.As(err, &about) {
		return about.file
	}
	if match := inFile.FindStringSubmatch(text); match != nil && fs.last != "" {
		return relative(path.Clean(fs.last))
	}
	found := ""
	for _, name := range mounted.FindAllString(text, -1) {
		found = firstFile(fs, found, name)
	}
	if found == "" && fs.file != "" {
		found = firstFile(fs, found, fs.file)
	}
	if found == "" && strings.Contains(text, "yaml") && fs.last != "" {
		found = fs.last
	}
	if found == "" {
		found = firstFile(fs, found, directory)
	}
	return relative(found)
}

// firstFile is `name` where it is a file, the kustomization in it where it is a directory, else what was found before.
func firstFile(fs *artifact, before, name string) string {
	name = strings.TrimRight(name, ". ")
	if !fs.FileSystem.Exists(name) {
		return before
	}
	if !fs.FileSystem.IsDir(name) {
		return name
	}
	for _, kustomization := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		if file := path.Join(name, kustomization); fs.FileSystem.Exists(file) {
			return file
		}
	}
	return before
}

func lineOf(f *failure, text string, fs *artifact) int {
	if f.Variable != "" && f.File != "" {
		return lineOfVariable(f, fs)
	}
	if strings.Contains(text, "post build failed") {
		// These lines are counted in the built object, not in its file.
		return 0
	}
	if match := yamlLine.FindStringSubmatch(text); match != nil {
		line, _ := strconv.Atoi(match[1])
		if fromZero.MatchString(text) {
			line++
		}
		return line
	}
	return 0
}

func lineOfVariable(f *failure, fs *artifact) int {
	content, err := fs.FileSystem.ReadFile(path.Join(root, f.File))
	if err != nil {
		return 0
	}
	bare := regexp.MustCompile(`\$\{#?` + regexp.QuoteMeta(f.Variable) + `\b`)
	at := bare.FindIndex(content)
	if at == nil {
		return 0
	}
	return 1 + strings.Count(string(content[:at[0]]), "\n")
}

func remoteMessage(match []string) string {
	if match == nil {
		return "it needs something remote, which is never fetched here"
	}
	return "it needs " + match[1] + ", which is never fetched here"
}

func masked(text string) string {
	for _, q := range quoted {
		text = q.part.ReplaceAllString(text, q.by)
	}
	return text
}

func clean(text string) string {
	text = strings.ReplaceAll(masked(text), root+"/", "")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
