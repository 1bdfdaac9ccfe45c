package io.github.happychat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The other side of Keys, as a server does it (RFC 8291). */
final class Sender {
    private Sender() {
    }

    static byte[] encrypt(String p256dh, String auth, String text, int padding) throws Exception {
        return seal(p256dh, auth, Arrays.copyOf((text + "\2").getBytes("UTF-8"), text.length() + 1 + padding));
    }

    /** What ends as it may not, too. */
    static byte[] seal(String p256dh, String auth, byte[] plain) throws Exception {
        byte[] to = Base64.getUrlDecoder().decode(p256dh);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair own = generator.generateKeyPair();
        ECPublicKey ownPublic = (ECPublicKey) own.getPublic();
        byte[] from = ByteBuffer.allocate(65).put((byte) 4).put(half(ownPublic.getW().getAffineX())).put(half(ownPublic.getW().getAffineY())).array();
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(own.getPrivate());
        ECPoint point = new ECPoint(new BigInteger(1, Arrays.copyOfRange(to, 1, 33)), new BigInteger(1, Arrays.copyOfRange(to, 33, 65)));
        agreement.doPhase(KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, ownPublic.getParams())), true);
        byte[] salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        byte[] input = hmac(hmac(Base64.getUrlDecoder().decode(auth), agreement.generateSecret()), "WebPush: info\0".getBytes(), to, from, new byte[] {1});
        byte[] key = hmac(salt, input);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(Arrays.copyOf(hmac(key, "Content-Encoding: aes128gcm\0\1".getBytes()), 16), "AES"),
                new GCMParameterSpec(128, Arrays.copyOf(hmac(key, "Content-Encoding: nonce\0\1".getBytes()), 12)));
        byte[] sealed = cipher.doFinal(plain);
        return ByteBuffer.allocate(86 + sealed.length).put(salt).putInt(4096).put((byte) 65).put(from).put(sealed).array();
    }

    private static byte[] half(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] out = new byte[32];
        int n = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - n, out, 32 - n, n);
        return out;
    }

    private static byte[] hmac(byte[] key, byte[]... parts) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) mac.update(part);
        return mac.doFinal();
    }
}
