package io.github.happychat.unifiedpush;

import android.util.Base64;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EllipticCurve;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The keys of a subscription: whoever has the two that are told can encrypt for this phone (RFC 8291), nobody else reads it. */
public final class Keys {
    private static final int BASE64 = Base64.URL_SAFE | Base64.NO_PADDING | Base64.NO_WRAP;
    private static final int POINT = 65;
    /** Salt, size of the records, length of the key and the key (RFC 8188, section 2.1). */
    private static final int HEADER = 16 + 4 + 1 + POINT;

    /** Of P-256, uncompressed, in base64url; told to the server. */
    public final String p256dh;
    /** 16 random bytes in base64url; told to the server. */
    public final String auth;
    private final ECPrivateKey secret;

    private Keys(ECPrivateKey secret, String p256dh, String auth) {
        this.secret = secret;
        this.p256dh = p256dh;
        this.auth = auth;
    }

    public static Keys make() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            byte[] auth = new byte[16];
            new SecureRandom().nextBytes(auth);
            return new Keys((ECPrivateKey) pair.getPrivate(), text(bytes(((ECPublicKey) pair.getPublic()).getW())), text(auth));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // Every Android has P-256.
        }
    }

    /** Null: what was kept are no keys. */
    public static Keys kept(String secret, String p256dh, String auth) {
        if (secret == null || p256dh == null || auth == null) return null;
        try {
            ECPrivateKey key = (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(bytes(secret)));
            return new Keys(key, p256dh, auth);
        } catch (GeneralSecurityException | RuntimeException e) {
            return null;
        }
    }

    /** For {@link #kept}. It never leaves the phone. */
    public String secret() {
        return text(secret.getEncoded());
    }

    /** What somebody encrypted for these keys; null: nobody did. */
    public byte[] decrypt(byte[] message) {
        // One delimiter and the tag at least; a push message is one record (RFC 8291, section 4).
        if (message.length < HEADER + 17 || (message[20] & 0xff) != POINT) return null;
        long record = (message[16] & 0xffL) << 24 | (message[17] & 0xff) << 16 | (message[18] & 0xff) << 8 | message[19] & 0xff;
        if (record < 18 || message.length - HEADER > record) return null;
        byte[] sender = Arrays.copyOfRange(message, 21, HEADER);
        try {
            byte[] first = hmac(bytes(auth), shared(sender));
            byte[] input = hmac(first, ascii("WebPush: info\0"), bytes(p256dh), sender, new byte[] {1});
            byte[] second = hmac(Arrays.copyOf(message, 16), input);
            byte[] key = Arrays.copyOf(hmac(second, ascii("Content-Encoding: aes128gcm\0\1")), 16);
            byte[] nonce = Arrays.copyOf(hmac(second, ascii("Content-Encoding: nonce\0\1")), 12);
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
            return unpadded(cipher.doFinal(message, HEADER, message.length - HEADER));
        } catch (GeneralSecurityException | RuntimeException e) {
            return null;
        }
    }

    private byte[] shared(byte[] point) throws GeneralSecurityException {
        ECParameterSpec of = secret.getParams();
        ECPoint at = new ECPoint(new BigInteger(1, Arrays.copyOfRange(point, 1, 33)), new BigInteger(1, Arrays.copyOfRange(point, 33, POINT)));
        // A point beside the curve would let its sender learn the secret bit by bit.
        if (point[0] != 4 || !on(of.getCurve(), at)) throw new GeneralSecurityException("no point");
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(secret);
        agreement.doPhase(KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(at, of)), true);
        return agreement.generateSecret();
    }

    private static boolean on(EllipticCurve curve, ECPoint at) {
        BigInteger p = ((ECFieldFp) curve.getField()).getP();
        BigInteger x = at.getAffineX();
        BigInteger y = at.getAffineY();
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0) return false;
        return y.multiply(y).mod(p).equals(x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p));
    }

    /** The last record ends with a 2 and any number of zeros. */
    private static byte[] unpadded(byte[] padded) {
        int end = padded.length - 1;
        while (end >= 0 && padded[end] == 0) end--;
        return end >= 0 && padded[end] == 2 ? Arrays.copyOf(padded, end) : null;
    }

    private static byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) mac.update(part);
        return mac.doFinal();
    }

    private static byte[] bytes(ECPoint point) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(4);
        for (BigInteger half : new BigInteger[] {point.getAffineX(), point.getAffineY()}) {
            byte[] number = half.toByteArray(); // With a sign, and without zeros in front.
            for (int i = number.length - 32; i < number.length; i++) out.write(i < 0 ? 0 : number[i]);
        }
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        byte[] out = new byte[text.length()];
        for (int i = 0; i < out.length; i++) out[i] = (byte) text.charAt(i);
        return out;
    }

    private static byte[] bytes(String text) {
        return Base64.decode(text, BASE64);
    }

    private static String text(byte[] bytes) {
        return Base64.encodeToString(bytes, BASE64);
    }
}
