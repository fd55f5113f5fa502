// Sentences, words and languages of texts made by hand, beside what nltk 3.9.1 and langdetect 1.0.9 with seed 0
// say of them. RecordedIFEval holds the many that models wrote.

import InstructionFollowingCore
import Testing

struct TextAnalysisTests {
  @Test(
    arguments: [
      ("One. Two! Three?", 3),
      ("Mr. Smith met Dr. Jones at 5 p.m. on Jan. 5.", 1),
      ("He paid 3.50 dollars. It was 1,000.5 too much.", 2),
      ("J. R. R. Tolkien wrote it. C. S. Lewis did not.", 2),
      ("Wait... what? Well... No. And so on . . . The end.", 6),
      ("\"Stop!\" he said. \"Why?\" (She left.) They stayed.", 5),
      ("“Stop!” he said. ‘Why?’ she asked.", 2),
      ("He lives in the U.S. He works. He lives in the U.S. and works.", 3),
      ("It was No. 5 on the list. See p. 12 for more.", 3),
      ("i.e. this, e.g. that, etc. And then more.", 4),
      ("这是第一句。这是第二句！第三句？", 1),
      ("Hi 😀. Bye 👋! Ok", 3),
      ("1. First item\n2. Second item\n3. Third", 4),
      ("Items:\n* one.\n* two.\n* three", 3),
      ("Version 2.0.1 is out! Get it at example.com. Now.", 3),
      ("What?! No way!!! Really?", 3),
      ("ends without a stop", 1),
      ("...", 1),
      ("Ph.D. students wait. A Ph.D. is long.", 2),
      ("He said so.She agreed.They left.", 1),
      ("See Fig. 3. It shows. Sept. 5 came. In Sept. However it rained.", 6),
      ("Hello.\n\nWorld.\n\n\n", 2),
      ("a ) b. ) c. ] D.", 2),
      ("It ended. -- Then more. --No.", 3),
      ("Gen. Lee met Sen. Ray. Adm. Byrd left.", 2),
      ("He works at Acme Corp. She does not. Acme Inc. sells tea.", 2),
      ("It costs $3. 50 people paid. In 1990. 5 more came.", 4),
      ("The rate fell to .5. 2.75 was too high... or not.", 2),
      ("A. B. Smith Jr. wrote to W. E. Du Bois. I. Newton replied.", 3),
      ("Was it I? It was I. I know.", 2),
      ("Hmm… yes. No… Maybe. “Wait…” she said.", 3),
      ("He waited....Then he left. ... And came back.", 2),
      ("“It ended.” “It did?” 'So it did.' \"Well.\" Yes.", 3),
      ("She asked, \"Why?\" and left. (\"Why not?\") [No.] {Yes!}", 5),
      ("今日は晴れ。 明日は雨! 本当? はい.", 3),
      ("Great! 🎉 Thanks. 😀😀 See you?😎 Bye.👋🏽 Ok", 3),
      ("vs. Texas, approx. 3 km, est. 1999, fig. 4. Dept. of Co. Inc.", 6),
      ("The U.S.S.R. fell. In the U.K. However, he met Lt. Col. Brown at 10 a.m. Monday.", 3),
      ("Read ch. 3, pp. 4-5. Then stop.1 Then go.2 End.", 4),
      ("**Bold.** *Then.* `code.` Next", 3),
      ("1) One. 2) Two. a. Three. b. Four. IV. Five.", 8),
      ("Really?No.Yes!OK. www.example.com/a.b?c=d! Done.", 3),
      ("St. Petersburg is far. Main St. Is near.", 2),
      ("Привет. Как дела? Хорошо! ок. да.", 5),
      ("مرحبا. كيف حالك؟ جيد.", 2),
      ("¿Qué? ¡Nada! Sí… claro.", 3),
    ] as [(String, Int)])
  func `sentences end where the official splitter ends them`(text: String, count: Int) {
    #expect(SentenceSplitter().count(ResponseText(text)) == count)
  }

  @Test(
    arguments: [
      ("NASA and the U.S. Army (USA) met.", 3),
      ("I CANNOT GO. I CAN'T.", 7),
      ("A-B-C D/E F_G", 3),
      ("IT'S 'TWAS DON'T O'CLOCK", 7),
      ("HELLO!HELLO", 2),
      ("\"WORD\", “WORD” and «WORD»", 3),
      ("GIMME GONNA WANNA GOTTA", 8),
      ("R2D2 B2B 4K 10", 3),
      ("É ÀB ΣΑΣ ДА 日本 İ", 5),
      ("X.Y.Z. and A...B", 3),
      ("X--Y X-Y", 3),
      ("WE'LL WE'RE YOU'VE DOGS' ", 7),
      ("THE END", 2),
      ("Mixed Case Only", 0),
      ("A;B A:B A,B A@B", 8),
      ("'TIS THE END, 'TWAS IT", 7),
      ("CAn't Xn't DON'T", 4),
      ("She said \"NO!\" and 'YES'.", 2),
      ("3.5KG A4 1,000KM (CO2)", 4),
      ("HE'D I'M IT'S Y'ALL'D'VE", 8),
      ("U.S. U.S.A. (U.K.) E.G.", 4),
      ("NASA's ESA'S JAXAs", 3),
      ("AN–EN—EM… END", 2),
      ("“STOP!” ‘GO’ «ICI»", 3),
      ("日本NASA 東京 ＡＢＣ", 2),
      ("😀A👍B C😀", 2),
      ("ÜBER ÑANDÚ ЁЖ ß ẞ ǅ", 4),
      ("END.\" END.) END.' (END).", 4),
      ("A,B;C:D #TAG @USER $USD 50%OFF", 8),
      ("TO-DO AND/OR F*CK W/O ", 5),
      ("Cannot CANNOT GONNA. LEMME!", 6),
      ("ONE\nTWO\tTHREE\u{A0}FOUR", 4),
    ] as [(String, Int)])
  func `words in capitals are those of the official tokenizer`(text: String, count: Int) throws {
    let arguments = #"{"capital_frequency":0,"capital_relation":"at least"}"#
    let finding = try Judging.check("change_case:capital_word_frequency", arguments, text)
    #expect(finding.found == "\(count) words in capitals")
  }

  @Test(
    arguments: [
      ("en", "The ferry leaves the harbour at noon and returns before dark."),
      ("es", "El tren de la mañana llega siempre tarde cuando llueve."),
      ("pt", "O gato dormiu a tarde inteira em cima da janela da cozinha."),
      ("ar", "وصل القطار إلى المدينة في الصباح الباكر."),
      ("hi", "रेलगाड़ी सुबह जल्दी शहर में पहुँच गई और सब लोग उतर गए।"),
      ("fr", "Le boulanger ouvre sa boutique chaque matin avant six heures."),
      ("ru", "Поезд прибыл в город рано утром, и все вышли на перрон."),
      ("de", "Der Zug fährt jeden Morgen um sieben Uhr von hier ab."),
      ("ja", "電車は毎朝七時にこの駅を出発します。"),
      ("it", "Il gatto dorme tutto il giorno sulla sedia vicino alla finestra."),
      ("bn", "ট্রেনটি ভোরে শহরে পৌঁছেছে এবং সবাই নেমে গেছে।"),
      ("uk", "Потяг прибув до міста рано вранці, і всі вийшли на перон."),
      ("th", "รถไฟมาถึงเมืองในตอนเช้าตรู่และทุกคนก็ลงจากรถ"),
      ("ur", "ٹرین صبح سویرے شہر پہنچی اور سب لوگ اتر گئے۔"),
      ("ta", "ரயில் அதிகாலையில் நகரத்தை அடைந்தது, அனைவரும் இறங்கினர்."),
      ("te", "రైలు తెల్లవారుజామున నగరానికి చేరుకుంది, అందరూ దిగారు."),
      ("bg", "Влакът пристигна в града рано сутринта и всички слязоха."),
      ("ko", "기차는 이른 아침에 도시에 도착했고 모두 내렸습니다."),
      ("pl", "Pociąg przyjechał do miasta wcześnie rano i wszyscy wysiedli."),
      ("he", "הרכבת הגיעה לעיר מוקדם בבוקר וכולם ירדו."),
      ("fa", "قطار صبح زود به شهر رسید و همه پیاده شدند."),
      ("vi", "Tàu đến thành phố vào sáng sớm và mọi người đều xuống."),
      ("ne", "रेल बिहान सबेरै सहरमा आइपुग्यो र सबै जना ओर्लिए।"),
      ("sw", "Treni iliwasili mjini asubuhi na mapema na watu wote wakashuka."),
      ("kn", "ರೈಲು ಮುಂಜಾನೆ ನಗರವನ್ನು ತಲುಪಿತು ಮತ್ತು ಎಲ್ಲರೂ ಇಳಿದರು."),
      ("mr", "रेल्वे पहाटे शहरात पोहोचली आणि सर्वजण खाली उतरले."),
      ("gu", "ટ્રેન વહેલી સવારે શહેરમાં પહોંચી અને બધા ઉતરી ગયા."),
      ("pa", "ਰੇਲਗੱਡੀ ਸਵੇਰੇ ਸ਼ਹਿਰ ਪਹੁੰਚੀ ਅਤੇ ਸਾਰੇ ਲੋਕ ਉਤਰ ਗਏ।"),
      ("ml", "തീവണ്ടി അതിരാവിലെ നഗരത്തിലെത്തി, എല്ലാവരും ഇറങ്ങി."),
      ("fi", "Juna saapui kaupunkiin aikaisin aamulla ja kaikki nousivat pois."),
      ("zh-cn", "火车清晨到达城市，所有人都下了车。"),
      ("zh-tw", "火車清晨到達城市，所有人都下了車。"),
      ("en", "THE FERRY LEAVES AT NOON."),
      ("en", "See https://example.org/a/b and write to joe@example.org"),
      (nil, "12 + 30 = 42 !!!"),
      ("vi", "Ta\u{300}u đe\u{301}n tha\u{300}nh phố va\u{300}o sa\u{301}ng sớm"),
      ("mk", "Write: Привет мир, как дела? OK"),
      ("tl", "a"),
      (nil, "😀 👍"),
      ("et", "Kia ora, e hoa. Kei te pēhea koe?"),
      ("en", "The word свобода means freedom in Russian, and it is a fine word."),
      ("af", "Ok."),
      ("sq", "zzz qqq xxx"),
      ("el", "ΚΑΛΗΜΕΡΑ ΣΕ ΟΛΟΥΣ"),
      ("en", "THE END"),
      ("vi", "Tôi thích đọc sách vào buổi tối."),
      (nil, "１２３ ４５６"),
      ("hi", "हिन्दी and English mixed हिन्दी में लिखा हुआ"),
      ("en", "The cat <b>sat</b> on http://example.com/é the mat."),
      ("ar", "نص عربي قصير"),
      ("en", "东京 is the capital of 日本"),
      ("fr", "été"),
      ("id", "Bahasa Indonesia adalah bahasa resmi."),
      (nil, "ﻣﺮﺣﺒﺎ"),
    ] as [(String?, String)])
  func `the language is the official detector's with seed 0, every time`(
    code: String?, text: String
  ) {
    let expected: LanguageDetector.Answer = code.map { .code($0) } ?? .none
    for _ in 0..<2 {
      #expect(Judging.resources.languageDetector.language(of: ResponseText(text)) == expected)
    }
  }
}
