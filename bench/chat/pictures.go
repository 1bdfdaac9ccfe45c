package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// pictures measures pictures of 12 megapixels, from the beginning of the upload
// until the message is acknowledged, one after the other and four at once, and
// how much memory the server takes for them at most.
func pictures(dir string) error {
	a, err := open(dir)
	if err != nil {
		return err
	}
	list, err := people(a, 2, true)
	if err != nil {
		return err
	}
	if err := closeApp(a); err != nil {
		return err
	}
	server, err := startServer(dir)
	if err != nil {
		return err
	}
	defer server.stop()
	fmt.Printf("\n%-44s %10s %10s %10s %10s %12s\n", "pictures of 12 megapixels, upload to sent", "MB each", "p50 ms", "max ms", "CPU-ms", "MiB at most")
	seed := 0
	for _, atOnce := range []int{1, 4} {
		const each = 5
		files := make([][]byte, each*atOnce)
		for i := range files {
			seed++
			if files[i], err = photograph(seed); err != nil {
				return err
			}
		}
		before, _ := server.resident()
		if err := server.resetPeak(); err != nil {
			return err
		}
		cpu := server.cpu()
		took := make([]time.Duration, len(files))
		errs := make([]error, atOnce)
		var wg sync.WaitGroup
		for w := range atOnce {
			wg.Go(func() {
				for i := w * each; i < (w+1)*each && errs[w] == nil; i++ {
					began := time.Now()
					errs[w] = sendPicture(server.address, list[0], files[i], fmt.Sprintf("picture-%d-%d", seed, i))
					took[i] = time.Since(began)
				}
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		slices.Sort(took)
		fmt.Printf("%-44s %10.1f %10.0f %10.0f %10.0f %12.0f\n", fmt.Sprintf("  %d at once", atOnce), float64(len(files[0]))/1e6,
			took[len(took)/2].Seconds()*1000, took[len(took)-1].Seconds()*1000,
			(server.cpu()-cpu).Seconds()*1000/float64(len(files)), server.peak()-before)
	}
	return nil
}

// photograph makes a JPEG of 4000 by 3000 pixels with about as much in it as
// the camera of a phone finds: smooth shapes and a little noise.
func photograph(seed int) ([]byte, error) {
	const w, h = 4000, 3000
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	wave := make([]float64, w)
	for x := range wave {
		wave[x] = 50 * math.Sin(float64(x+seed*97)/180)
	}
	random := uint32(seed)
	for y := range h {
		slope := 40 * math.Cos(float64(y)/140)
		row := img.Y[y*img.YStride:]
		for x := range w {
			random = random*1664525 + 1013904223
			row[x] = uint8(128 + wave[x] + slope + float64(random>>28))
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = uint8(100+i/40000%60), uint8(150-i/50000%50)
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 88})
	return b.Bytes(), err
}

func sendPicture(address string, p person, file []byte, clientID string) error {
	call := func(method, path, kind string, body []byte, out any) error {
		req, err := http.NewRequest(method, "http://"+address+"/api/v1"+path, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+p.token)
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Upload-Offset", "0")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err == nil && res.StatusCode >= 300 {
			err = fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, raw)
		}
		if err != nil || out == nil {
			return err
		}
		return json.Unmarshal(raw, out)
	}
	var upload struct {
		ID         string
		Attachment struct{ ID string }
	}
	if err := call("POST", "/uploads", "application/json", fmt.Appendf(nil, `{"name":"IMG.jpg","size":%d}`, len(file)), &upload); err != nil {
		return err
	}
	if err := call("PATCH", "/uploads/"+upload.ID, "application/octet-stream", file, &upload); err != nil {
		return err
	}
	return call("POST", fmt.Sprintf("/conversations/%d/messages", p.conversation), "application/json",
		fmt.Appendf(nil, `{"clientId":%q,"attachments":[%q]}`, clientID, upload.Attachment.ID), nil)
}

// resetPeak forgets how much memory the process had at most; peak tells how much
// that is since then, in MiB.
func (s *server) resetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.cmd.Process.Pid), []byte("5"), 0)
}

func (s *server) peak() float64 {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid)) // gone: 0
	for line := range strings.Lines(string(raw)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f", &kib); n == 1 {
			return kib / 1024
		}
	}
	return 0
}
