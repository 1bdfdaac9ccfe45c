package picture

import (
	"bytes"
	"encoding/binary"
)

// orientation reads the one tag of EXIF that is needed to show a picture (EXIF
// 2.32, 4.6.4; TIFF 6.0, section 2): 1 to 8, and 1 where there is none.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(tiff[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	count := int(order.Uint16(tiff[at:]))
	for entries := tiff[at+2:]; count > 0 && len(entries) >= 12; count-- {
		const tag, short = 0x0112, 3
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// exifOrientation is EXIF that holds nothing but the orientation.
func exifOrientation(orientation int) []byte {
	return []byte{
		'M', 'M', 0, '*', 0, 0, 0, 8, // the directory begins at 8
		0, 1, // and has one entry
		0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(orientation), 0, 0,
		0, 0, 0, 0, // there is no other directory
	}
}

// maxProfile is the longest colour profile that is kept. Those of cameras and
// screens have a few kilobytes, of printers up to some megabytes.
const maxProfile = 4 << 20

// validProfile tells whether this is an ICC profile (ICC.1:2022, 7.2).
func validProfile(icc []byte) bool {
	return len(icc) >= 128 && len(icc) <= maxProfile && string(icc[36:40]) == "acsp" &&
		int64(binary.BigEndian.Uint32(icc)) == int64(len(icc))
}

func isRGB(icc []byte) bool { return string(icc[16:20]) == "RGB " }

const profileMark = "ICC_PROFILE\x00"

// profileParts collects a profile from the segments that it is spread over
// (ICC.1:2022, B.4): each says which of how many it is.
type profileParts struct {
	parts [256][]byte
	count int
}

func (p *profileParts) add(payload []byte) {
	rest, ok := bytes.CutPrefix(payload, []byte(profileMark))
	if !ok || len(rest) < 2 {
		return
	}
	p.parts[rest[0]], p.count = rest[2:], int(rest[1])
}

// join gives the profile, or nil if there is none that is whole.
func (p *profileParts) join() []byte {
	var icc []byte
	for i := 1; i <= p.count; i++ {
		if p.parts[i] == nil {
			return nil
		}
		icc = append(icc, p.parts[i]...)
	}
	if !validProfile(icc) {
		return nil
	}
	return icc
}

// splitProfile gives the payloads of the segments for a profile.
func splitProfile(icc []byte) [][]byte {
	const room = 65533 - len(profileMark) - 2
	count := (len(icc) + room - 1) / room
	parts := make([][]byte, 0, count)
	for i := range count {
		part := icc[i*room : min(len(icc), (i+1)*room)]
		parts = append(parts, append([]byte(profileMark+string([]byte{byte(i + 1), byte(count)})), part...))
	}
	return parts
}
